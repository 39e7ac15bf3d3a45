# bash completion of l2tpscope: the program itself knows what may come next (`--complete`).

_l2tpscope()
{
	local word words=() at=0 i rest=$COMP_LINE line kept IFS=$'\n'

	# bash parts words at `=` and `:`, too: what no blank parts in the line is one word.
	for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 0)) && [[ $rest == "$word"* && -n $word ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		rest=${rest#*"$word"}
		((i != COMP_CWORD)) || at=$((${#words[@]} - 1))
	done

	COMPREPLY=()
	kept=${words[at]%"${COMP_WORDS[COMP_CWORD]}"}
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			compopt -o default -o filenames 2>/dev/null
			continue
		fi
		line=${line%%$'\t'*}
		[[ $line != *= ]] || compopt -o nospace 2>/dev/null
		COMPREPLY+=("${line#"$kept"}")
	done < <(command "$1" --complete $((at - 1)) "${words[@]:1}" 2>/dev/null)
}

complete -F _l2tpscope l2tpscope
