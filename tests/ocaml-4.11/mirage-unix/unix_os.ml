module Main = Unix_os__Main
