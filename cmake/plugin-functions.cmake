# SPDX-License-Identifier: MIT
# The functions of find_package(plugin). docs/build-systems.md describes them.
include_guard(GLOBAL)

# plugin_add_plugin(NAME SOURCE...): a plugin, NAME.so.
function(plugin_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE plugin::plugin)
  _plugin_export_all(${name})
endfunction()

# plugin_stamp(TARGET [STATIC] [ISOLATED] [GROWS TYPE...] [ALIAS OWN=OUTSIDE...] [WAIVE FILE...]): a program that
# opens plugins, or a library of one.
function(plugin_stamp target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC;ISOLATED" "" "GROWS;ALIAS;WAIVE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "plugin_stamp(${target}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_ISOLATED AND NOT arg_STATIC)
    message(FATAL_ERROR "plugin_stamp(${target}): ISOLATED is for STATIC programs; others need nothing for it")
  endif()
  set(library plugin::plugin)
  if(arg_STATIC)
    set(library plugin::static)
    if(arg_ISOLATED)
      set(library plugin::static_isolated)
    endif()
  endif()
  if(NOT TARGET ${library})
    message(FATAL_ERROR "plugin_stamp(${target}): this installation of plugin has no ${library}")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    target_link_libraries(${target} PUBLIC ${library})
    return()
  endif()
  target_link_libraries(${target} PRIVATE ${library})
  if(arg_STATIC)
    target_link_options(${target} PRIVATE -static)
  else()
    set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
    _plugin_find_library_from(${target})
  endif()
  foreach(option GROWS ALIAS WAIVE)
    string(TOLOWER ${option} name)
    foreach(value IN LISTS arg_${option})
      if(option STREQUAL "WAIVE")
        get_filename_component(value "${value}" ABSOLUTE)
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${value}")
      endif()
      # Not by LINKER:, which splits at commas.
      target_link_options(${target} PRIVATE "SHELL:-Xlinker \"--stamp-${name}=${value}\"")
    endforeach()
  endforeach()
endfunction()

# plugin_add_builtin(NAME SOURCE...): a built-in plugin, which plugin_open finds as NAME.so in the program that
# is linked with this target. First it is made as any static library, then from the same objects as what
# `plugin build -buildmode=archive` makes.
function(plugin_add_builtin name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE plugin::headers)
  # Its code is linked as objects of the machine, and first as a plugin, to be stamped.
  target_compile_options(${name} PRIVATE -fno-lto)
  _plugin_export_all(${name})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF)
  set(compiler "${CMAKE_C_COMPILER}")
  if("${ARGN}" MATCHES "\\.(cc|cp|cpp|cxx|c\\+\\+|C|CPP)(;|$)")
    set(compiler "${CMAKE_CXX_COMPILER}")
  endif()
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND plugin::command build -buildmode=archive "--cc=${compiler}" -o "$<TARGET_FILE:${name}>"
      "$<TARGET_OBJECTS:${name}>"
    COMMAND_EXPAND_LISTS VERBATIM)
endfunction()

# What a plugin exports is what others find in it, whatever the project does with its other libraries; and its
# file is named as it is opened.
function(_plugin_export_all name)
  set_target_properties(${name} PROPERTIES
    PREFIX "" C_VISIBILITY_PRESET default CXX_VISIBILITY_PRESET default VISIBILITY_INLINES_HIDDEN OFF)
endfunction()

# The installed program finds libplugin where it is installed: with the program, if it is built with it, or else
# where find_package found it.
function(_plugin_find_library_from target)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  if(PLUGIN_INSTALL_RUN_PATH)
    set_property(TARGET ${target} APPEND PROPERTY INSTALL_RPATH "${PLUGIN_INSTALL_RUN_PATH}")
  endif()
endfunction()

# LLVM's strip, which CMake runs for clang, removes the stamp unless it is told to keep it.
if(CMAKE_STRIP MATCHES "llvm-strip[^/]*$")
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/plugin-strip" @ONLY CONTENT
"#!/bin/sh
exec '@CMAKE_STRIP@' --keep-section=.plugin --keep-section=.BTF \"\$@\"
")
  file(CHMOD "${CMAKE_BINARY_DIR}/plugin-strip" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  set(CMAKE_STRIP "${CMAKE_BINARY_DIR}/plugin-strip" CACHE FILEPATH "strips, and keeps stamps" FORCE)
endif()
