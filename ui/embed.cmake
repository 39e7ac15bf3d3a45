# Makes a C file of other files: cmake -DOUTPUT=asset.c -DFILES=a;b -P embed.cmake (asset.h)
set(text "#include \"asset.h\"\n")
foreach(file ${FILES})
	get_filename_component(name ${file} NAME)
	string(MAKE_C_IDENTIFIER "${name}" name)
	file(READ ${file} octets HEX)
	string(REGEX REPLACE "(..)" "0x\\1," octets "${octets}")
	string(REGEX REPLACE "(................................................................................)"
	       "\\1\n" octets "${octets}")
	string(APPEND text "\nstatic const unsigned char octets_of_${name}[] = {\n${octets}};\n"
	       "const struct asset asset_${name} = {octets_of_${name}, sizeof(octets_of_${name})};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
