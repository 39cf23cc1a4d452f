# gradus_embed(TARGET FILE...) compiles files (pages, styles, scripts) into a target, and again whenever
# they change. `graph/page/view.js` becomes gradus::embedded::view_js, a std::string_view, to be declared
# where it is used:
#
#   namespace gradus::embedded { extern const std::string_view view_js; }
#
# The bytes are written as a list of characters: string literals have limits, and a text that may end them.

if(CMAKE_SCRIPT_MODE_FILE)  # cmake -D file=... -D name=... -D output=... -P GradusEmbed.cmake
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" characters "${bytes}")  # 16 to a line
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," characters "${characters}")
  file(WRITE ${output} "// Made from ${name} by GradusEmbed.cmake.
#include <string_view>

namespace gradus::embedded {
static constexpr char bytes_of_${name}[] = {
${characters}
};
extern const std::string_view ${name};
const std::string_view ${name}(bytes_of_${name}, sizeof bytes_of_${name});
}  // namespace gradus::embedded
")
  return()
endif()

set(GRADUS_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(gradus_embed target)
  foreach(path IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE file)
    cmake_path(GET path FILENAME filename)
    string(MAKE_C_IDENTIFIER ${filename} name)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cpp)
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -D file=${file} -D name=${name} -D output=${output} -P ${GRADUS_EMBED_SCRIPT}
      DEPENDS ${file} ${GRADUS_EMBED_SCRIPT}
      COMMENT "Embedding ${path}" VERBATIM)
    set_source_files_properties(${output} PROPERTIES UNITY_GROUP embedded)
    target_sources(${target} PRIVATE ${output})
  endforeach()
endfunction()
