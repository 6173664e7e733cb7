@0xb8a2d1c7f0e34955;

interface Calls {
  nothing @0 ();
  value @1 (bytes :Data) -> (number :Int32);
  length @2 (text :Text) -> (number :Int32);
  first @3 (bytes :Data) -> (number :Int32);
  back @4 (function :Function, number :Int32) -> (number :Int32);
}

interface Function {
  call @0 (number :Int32) -> (number :Int32);
}
