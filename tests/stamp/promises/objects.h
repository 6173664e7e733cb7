/* Objects of every kind, each of a struct of its own, in C and C++; and what is none. */
#ifndef OBJECTS_H
#define OBJECTS_H

#define STRUCT(name)                                                                               \
    struct name {                                                                                  \
        int a, b;                                                                                  \
    };
STRUCT(variable)
STRUCT(file_static)
STRUCT(local)
STRUCT(local_static)
STRUCT(nested)
STRUCT(typedefed)
STRUCT(parameter)
STRUCT(result)
STRUCT(type_parameter)
STRUCT(type_result)
STRUCT(member)
STRUCT(inlined)
STRUCT(array_variable)
STRUCT(array_local)
STRUCT(array_member)
STRUCT(array_typedef)
STRUCT(array_type)
STRUCT(array_declared)
STRUCT(of_both)
STRUCT(dropped)
/* None. */
STRUCT(pointed_to)
STRUCT(pointer_member)
STRUCT(declared)
STRUCT(heap)
typedef struct {
    int a;
} untagged, untagged_too;

#endif
