# Writes OUTPUT, a C table TABLE of the texts of FILES, in order of their names (base/embedded.h).
list(SORT FILES)
set(texts "")
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(MAKE_C_IDENTIFIER "${name}" id)
  string(APPEND texts "static const char text_${id}[] = {${bytes}0};\n")
  string(APPEND entries "    {\"${name}\", text_${id}},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"base/embedded.h\"\n
extern const sp_embedded ${TABLE}[];\n
${texts}\nconst sp_embedded ${TABLE}[] = {\n${entries}    {0, 0},\n};\n")
