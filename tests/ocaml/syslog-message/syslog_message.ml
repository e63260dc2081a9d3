type facility = Kernel_Message | User_Level_Messages | System_Daemons
