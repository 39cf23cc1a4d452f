# What every target of the project is built with. gradus_target(NAME) applies it.

if(PROJECT_IS_TOP_LEVEL)
  find_program(GRADUS_CCACHE ccache)
  mark_as_advanced(GRADUS_CCACHE)
endif()

function(gradus_target name)
  target_compile_features(${name} PUBLIC cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  if(GRADUS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers are cached only if macros that they might use may be disregarded.
    set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${GRADUS_CCACHE}")
  endif()
  # -ffp-contract=off: the same bits from g++ and clang++, and from value() and Executor<double>;
  # the matrix kernels, where fused multiply-adds pay, turn it back on for themselves.
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 and 13 see overlapping copies in any `"text" + string` (GCC bug 105651).
    target_compile_options(${name} PRIVATE -Wno-restrict)
    # Memory is collected later than g++ would by itself: a twentieth less time, for some 50 MB more.
    target_compile_options(${name} PRIVATE --param=ggc-min-heapsize=500000)
  endif()
  if(GRADUS_WERROR)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  if(GRADUS_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${GRADUS_SANITIZE} -fno-sanitize-recover=all
                           -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # With the sanitizers' checks in its way, g++ 12 sees unset values in the standard library.
      target_compile_options(${name} PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_link_options(${name} PUBLIC -fsanitize=${GRADUS_SANITIZE})
  endif()
endfunction()

# Most of a file's time to build goes to headers and templates that its neighbours need, too. So what many
# include is read once for a target, and up to `batch` files of a folder are compiled as one (CMake's
# unity build), those of all folders of less than eight together. -D CMAKE_UNITY_BUILD=OFF compiles each by itself.
#   gradus_build_together(NAME BATCH HEADER...)            headers of the target's own are read once, too
#   gradus_build_together(NAME BATCH HEADERS_OF TARGET)    what another target with the same options has read
function(gradus_build_together name batch)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "HEADERS_OF" "")
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # for ccache
  endif()
  if(arg_HEADERS_OF)
    target_precompile_headers(${name} REUSE_FROM ${arg_HEADERS_OF})
  else()
    target_precompile_headers(${name} PRIVATE
      <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric> <optional>
      <set> <span> <sstream> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/core.h>
      ${arg_UNPARSED_ARGUMENTS})
  endif()
  if(NOT DEFINED CMAKE_UNITY_BUILD)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
  endif()
  set_target_properties(${name} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${name} SOURCES)
  foreach(source IN LISTS sources)
    get_source_file_property(alone ${source} SKIP_UNITY_BUILD_INCLUSION)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)
    if(folder AND NOT alone)  # another part's objects have no folder
      list(APPEND folders ${folder})
      list(APPEND of_${folder} ${source})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    list(LENGTH of_${folder} size)
    math(EXPR groups "(${size} + ${batch} - 1) / ${batch}")  # as equal as can be
    set(number 0)
    foreach(source IN LISTS of_${folder})
      if(size LESS 8)
        set(group small_folders)
      else()
        math(EXPR group "${number} * ${groups} / ${size}")
        set(group ${folder}_${group})
      endif()
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
      math(EXPR number "${number} + 1")
    endforeach()
  endforeach()
endfunction()
