# What every target of the project is built with. gradus_target(NAME) applies it.

if(PROJECT_IS_TOP_LEVEL)
  find_program(GRADUS_CCACHE ccache)
  mark_as_advanced(GRADUS_CCACHE)
endif()

function(gradus_target name)
  target_compile_features(${name} PUBLIC cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  if(GRADUS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER ${GRADUS_CCACHE})
  endif()
  # -ffp-contract=off: the same bits from g++ and clang++, and from value() and Executor<double>;
  # the matrix kernels, where fused multiply-adds pay, turn it back on for themselves.
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 and 13 see overlapping copies in any `"text" + string` (GCC bug 105651).
    target_compile_options(${name} PRIVATE -Wno-restrict)
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
