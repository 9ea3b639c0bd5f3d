# tidemark_module(NAME DEPENDS library...)
#
# A module is a folder: every .cc below it goes into the library
# tidemark_NAME, every *_test.cc into the program NAME_test, whose cases ctest
# knows one by one.  PUBLIC link: who uses a module sees what its headers include.
function(tidemark_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")

  add_library(tidemark_${name} STATIC ${sources})
  target_include_directories(tidemark_${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  target_link_libraries(tidemark_${name} PUBLIC ${arg_DEPENDS})

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE tidemark_${name} GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
  endif()
endfunction()
