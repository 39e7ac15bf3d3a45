calls LICENSE
