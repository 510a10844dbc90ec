# gf_settings: the compile rules that every target of ours has.
add_library(gf_settings INTERFACE)
target_include_directories(gf_settings INTERFACE ${CMAKE_SOURCE_DIR}/daemon)
target_compile_options(gf_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Werror=switch -Werror=return-type $<$<BOOL:${GF_WERROR}>:-Werror>)
# g++ 12 with optimisation takes Asio's coroutine frames for mismatched: its operator new and delete are a pair of their own.
target_compile_options(gf_settings INTERFACE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-mismatched-new-delete>)
# Asio's bodies are compiled once, in core/asio.cpp: seconds per file saved.
target_compile_definitions(gf_settings INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED GF_VERSION="${PROJECT_VERSION}")
if(GF_SANITIZE)
  target_compile_options(gf_settings INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(gf_settings INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(gf_settings INTERFACE _GLIBCXX_ASSERTIONS)
endif()
target_link_libraries(gf_settings INTERFACE Boost::headers nlohmann_json::nlohmann_json Threads::Threads)

# gf_room(NAME [DEPENDS room...] [LIBRARIES third-party...]): one folder of daemon/, one static library gf::NAME.
# Third-party libraries are PRIVATE: their types stay in the room that owns them.
function(gf_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)  # a room of contracts only
    add_library(gf_${name} INTERFACE)
    add_library(gf::${name} ALIAS gf_${name})
    target_link_libraries(gf_${name} INTERFACE gf_settings)
    foreach(dependency ${ROOM_DEPENDS})
      target_link_libraries(gf_${name} INTERFACE gf::${dependency})
    endforeach()
    return()
  endif()
  add_library(gf_${name} STATIC ${sources})
  add_library(gf::${name} ALIAS gf_${name})
  target_link_libraries(gf_${name} PUBLIC gf_settings)
  foreach(dependency ${ROOM_DEPENDS})
    target_link_libraries(gf_${name} PUBLIC gf::${dependency})
  endforeach()
  target_link_libraries(gf_${name} PRIVATE ${ROOM_LIBRARIES})
  gf_precompile(gf_${name})
endfunction()

function(gf_precompile target)
  if(NOT GF_PCH)
    return()
  endif()
  if(target STREQUAL gf_core)
    target_precompile_headers(gf_core PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)
  elseif(NOT target STREQUAL gf_protocol)
    target_precompile_headers(${target} REUSE_FROM gf_core)
  endif()
endfunction()
