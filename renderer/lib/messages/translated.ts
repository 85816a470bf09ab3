/** The same keys in another language: a key too many or too few is a type error. */
export type Translated<T> = { readonly [K in keyof T]: string };
