# fish completion of l2tpscope: the program itself knows what may come next (`--complete`).

function __l2tpscope_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $before[1] --complete (math (count $before) - 1) $before[2..-1] "$current" 2>/dev/null)
        if test "$line" = :files
            # NAME=FILE
            set -l name (string match -r '^[^-/=][^/=]*=' -- $current)
            __fish_complete_path (string replace -- "$name" '' "$current") | string replace -r '^' -- "$name"
        else
            printf '%s\n' $line
        end
    end
end

complete -c l2tpscope -f -a '(__l2tpscope_complete)'
