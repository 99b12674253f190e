# find_package(shardproof) defines the target shardproof::shardproof.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)
find_dependency(Threads)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(MPFR REQUIRED IMPORTED_TARGET mpfr)
include(${CMAKE_CURRENT_LIST_DIR}/shardproof-targets.cmake)
