# Refuses flags that give up IEEE arithmetic. They let the compiler reorder sums and assume that
# there is no NaN; then results differ from build to build, a diverging loss goes unseen, and a
# numeric derivative no longer measures the function it was asked about.

set(flags "${CMAKE_CXX_FLAGS}")
foreach(config IN ITEMS ${CMAKE_BUILD_TYPE} ${CMAKE_CONFIGURATION_TYPES})
  string(TOUPPER "${config}" config)
  string(APPEND flags " ${CMAKE_CXX_FLAGS_${config}}")
endforeach()
get_directory_property(options COMPILE_OPTIONS)  # add_compile_options() of a parent project
string(APPEND flags " ${options}")

if(flags MATCHES
   "-(ffast-math|Ofast|funsafe-math-optimizations|ffinite-math-only|fassociative-math|freciprocal-math)")
  message(FATAL_ERROR "Gradus does not build with ${CMAKE_MATCH_0}: gradient checks and "
                      "reproducible training need IEEE arithmetic. Take the flag out of "
                      "CMAKE_CXX_FLAGS (or of the environment's CXXFLAGS); -O3 and -march=native are fine.")
endif()
unset(flags)
unset(options)
