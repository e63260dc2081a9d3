module Main = Xen_os__Main
