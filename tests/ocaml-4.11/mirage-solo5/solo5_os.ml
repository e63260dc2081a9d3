module Main = Solo5_os__Main
