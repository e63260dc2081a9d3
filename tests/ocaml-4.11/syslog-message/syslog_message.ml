type facility = Local0 | User_level_messages
