module Trace = MProf_trace
