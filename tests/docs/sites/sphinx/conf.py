project = "Boards"
