# Where things stand in the program. What a capture runs through on its way to `calls`, `check`, `tunnels`
# and `stats` would lie scattered among what few runs need: screens, drawings, the grammars of logs. Pages of
# a program are mapped many at a time, and most of what nobody runs would be in memory. So the files whose names
# begin so stand apart from the others, their code and what it reads.
set(SELDOM_ui annotate asset canvas cmd_decode cmd_diagram cmd_diff cmd_explain cmd_map cmd_redact cmd_show
    cmd_timeline complete csv decode_ diagram diff explain export filter_parse help jobs_work ladder line_word manual
    mdoc message_pair option_hint pair paper pcapng_write picture_ places redact reread_wanted sarif sent_again show
    step_index store_ timeline told tui version webpage)
set(SELDOM_reconstruct absorb by_ids drift evidence join_ppp l2f_replay link_ends operator pppoe pptp rules_circuit
    said speaker step_pairs stray wire_l2f)
set(SELDOM_decode accel avp_special block client console daemon device digest_count digest_read divided draytek flow
    freeradius grammar growing hex ios ip. ip_reassembly keenetic kl2tpd l2f. l2tpns l2tpv3_auth l2tpv3_payload
    l2tpv3d line log mpd npppd overlay packed part. part_write payload pcapng ppp_words pppd ppplog pppoe prefix
    radius_ rasclient rebuild repair retold routeros secrets_freeradius shape silence softether solstice speech stamp
    tcpdump text_format_ text_source value verify xl2tpd yamaha)

# For GNU ld, beside its own script: a section of those files' parts behind the section `before`.
function(seldom_section name before)
	set(lines "SECTIONS\n{\n\t${before}.seldom :\n\t{\n")
	foreach(library ui reconstruct decode)
		foreach(file ${SELDOM_${library}})
			string(APPEND lines "\t\t*lib${library}.a:${file}*(${before} ${before}.*)\n")
		endforeach()
	endforeach()
	string(APPEND lines "\t}\n}\nINSERT AFTER ${before};\n")
	set(${name} "${lines}" PARENT_SCOPE)
endfunction()

seldom_section(code .text)
seldom_section(data .rodata)
set(SELDOM ${CMAKE_BINARY_DIR}/seldom.ld)
file(CONFIGURE OUTPUT ${SELDOM} CONTENT "${code}${data}" @ONLY)

set(CMAKE_REQUIRED_LINK_OPTIONS LINKER:-T,${SELDOM})
check_c_source_compiles("int main(void) { return 0; }" HAS_INSERTED_SECTIONS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(HAS_INSERTED_SECTIONS)
	target_link_options(l2tpscope PRIVATE $<$<CONFIG:Release>:LINKER:-T,${SELDOM}>)
	set_property(TARGET l2tpscope APPEND PROPERTY LINK_DEPENDS ${SELDOM})
endif()

# All else calls from file to file with every packet: gcc puts that together when it links. What is seldom run
# stays as it was compiled, behind it; so do the programs of the tests, linked from the same objects.
set(JOINED -flto -flto-partition=one)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	set(CMAKE_REQUIRED_FLAGS -flto)
	set(CMAKE_REQUIRED_LINK_OPTIONS ${JOINED})
	check_c_source_compiles("int main(void) { return 0; }" HAS_JOINED_FILES)
	unset(CMAKE_REQUIRED_FLAGS)
	unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()

function(join_files)
	foreach(file ${ARGN})
		set_property(SOURCE ${file} APPEND PROPERTY COMPILE_OPTIONS
			     $<$<CONFIG:Release>:-flto> $<$<CONFIG:Release>:-ffat-lto-objects>)
	endforeach()
endfunction()

if(HAS_JOINED_FILES)
	foreach(library UI RECONSTRUCT DECODE)
		string(TOLOWER ${library} folder)
		string(REPLACE ";" "|" seldom "${SELDOM_${folder}}")
		string(REPLACE "." "[.]" seldom "${seldom}")
		set(often ${${library}_FILES})
		list(FILTER often EXCLUDE REGEX "/${folder}/(${seldom})[^/]*$")
		join_files(${often})
	endforeach()
	target_link_options(l2tpscope PRIVATE $<$<CONFIG:Release>:${JOINED}>)
endif()
