module Main = Unikraft_os__Main
