/* Tags in `.BTF` that are not the source's. Apart from btf.h, whose structs have the names of
 * libbpf's. */
#ifndef PLUGIN_BTF_TAGS_H
#define PLUGIN_BTF_TAGS_H

/* The tag of the FWD that stands for an incomplete struct or union without a tag, since BTF demands
 * a name. C has no such types; clang++ emits them for a `typedef struct { ... } name` whose members
 * it does not need, and the stamp for what C cannot lay out. */
#define BTF_UNNAMED_TAG "__unnamed"

/* Prefixes of the tags of Go's slices and of the structs that hold a Go function's results. Go has
 * no names for them, nor for the results. */
#define BTF_GO_SLICE_TAG   "plugin_go_slice_"
#define BTF_GO_RESULTS_TAG "plugin_go_results_"

#endif
