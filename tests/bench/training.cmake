# The compiler is told what a run of the program shows: which branches are taken, what is called
# often, what may lie far from it. So built, the program does the same work in less time
# (README, "How fast it is").
#
# In the folder training/ of the build, program and generator are built once more, with counters,
# and tests/bench/train runs them; profile/ is what was counted. That happens once in a build
# folder: what changes later is compiled with what is still true.

option(L2TPSCOPE_TRAINED "Built twice, the second time with what the first one showed (gcc)" OFF)
option(L2TPSCOPE_COUNTING "The first one of L2TPSCOPE_TRAINED" OFF)

if(L2TPSCOPE_TRAINED AND NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
	message(STATUS "L2TPSCOPE_TRAINED needs gcc: built without what a run shows")
	set(L2TPSCOPE_TRAINED OFF)
endif()

if(L2TPSCOPE_COUNTING)
	target_compile_options(flags INTERFACE -fprofile-generate -fprofile-dir=${CMAKE_BINARY_DIR}/profile)
	target_link_options(flags INTERFACE -fprofile-generate)
	include(tests/bench/carrier.cmake)
elseif(L2TPSCOPE_TRAINED)
	set(training ${CMAKE_BINARY_DIR}/training)
	set(profile ${CMAKE_BINARY_DIR}/profile)
	add_custom_command(
		OUTPUT ${profile}/taken
		COMMAND ${CMAKE_COMMAND} -S ${CMAKE_SOURCE_DIR} -B ${training} -G ${CMAKE_GENERATOR}
			-DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE} -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
			"-DCMAKE_C_FLAGS=${CMAKE_C_FLAGS}" -DL2TPSCOPE_HARDEN=${L2TPSCOPE_HARDEN}
			-DL2TPSCOPE_COUNTING=ON -DL2TPSCOPE_SANDBOX=OFF -DBUILD_TESTING=OFF
		COMMAND ${CMAKE_COMMAND} --build ${training} --target l2tpscope carrier
		COMMAND ${CMAKE_SOURCE_DIR}/tests/bench/train ${training} ${profile}
		COMMENT "Running the program, for the compiler to see what it does"
		USES_TERMINAL VERBATIM)
	add_custom_target(profile DEPENDS ${profile}/taken)
	# Code that did not run is compiled for speed all the same (partial training); whoever
	# changes a file need not hear that its counts are of another one. What is inlined so
	# deeply shows gcc paths that no values take: -Warray-bounds and its like speak in `dev`.
	target_compile_options(
		flags INTERFACE -fprofile-use=${profile} -fprofile-partial-training -Wno-missing-profile
				-Wno-coverage-mismatch -Wno-array-bounds -Wno-stringop-overread
				-Wno-stringop-overflow -Wno-maybe-uninitialized)
	# The program is optimised as a whole; tests take the libraries as they are compiled.
	target_compile_options(flags INTERFACE -flto -ffat-lto-objects)
	target_link_options(flags INTERFACE $<IF:$<STREQUAL:$<TARGET_PROPERTY:NAME>,l2tpscope>,-flto=auto,-fno-lto>)
endif()

# Whatever is compiled as `flags` say waits for the profile.
function(training_precedes)
	if(L2TPSCOPE_TRAINED)
		foreach(target ${ARGN})
			add_dependencies(${target} profile)
		endforeach()
	endif()
endfunction()
