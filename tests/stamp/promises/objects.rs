// Objects in Rust; of Pointed there is none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Local { a: i32, b: i32 }
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Element { a: i32, b: i32 }
#[repr(C)]
pub struct Global { a: i32, b: i32 }
#[repr(C)]
pub struct Parameter { a: i32, b: i32 }
#[repr(C)]
pub struct Result { a: i32, b: i32 }
#[repr(C)]
pub struct Pointed { a: i32, b: i32 }

#[no_mangle]
pub static GLOBAL: Global = Global { a: 1, b: 2 };

#[no_mangle]
pub extern "C" fn result(p: Parameter) -> Result {
    Result { a: p.a, b: p.b }
}

#[no_mangle]
pub extern "C" fn run(l: &Local, e: &Element, g: &Global, q: &Parameter, r: *const Result, p: *const Pointed) -> i32 {
    let local = *l;
    let elements = [*e, *e];
    unsafe { local.b + elements[1].a + g.a + q.a + (*r).b + (*p).a }
}
