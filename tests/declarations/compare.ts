/**
 * How two sets of declarations are compared. A type is first made plain: what user code can see of it, with every
 * exported object type replaced by its name, so that a difference shows in one place alone.
 */

type IsAny<T> = 0 extends 1 & T ? true : false;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Both ways, once plain. */
type Fits<A, B> = IsAny<A> extends true ? true : IsAny<B> extends true ? true : Same<A, B>;

/** The names under which `Table` exports just this type. */
type NameIn<T, Table> = {
  // With the keys: a type all of whose members are optional would else be the same as any dictionary.
  [Name in keyof Table]: Same<[T, keyof T], [Table[Name], keyof Table[Name]]> extends true ? Name : never;
}[keyof Table];

type Primitive = string | number | bigint | boolean | symbol | null | undefined | void;
type Platform = Date | Blob | FormData | Uint8Array | ArrayBuffer;

type Plain<T, Table> =
  IsAny<T> extends true ? any
  : unknown extends T ? unknown
  : T extends Primitive | Platform ? T
  : [NameIn<T, Table>] extends [never] ? Structure<T, Table>
  : { named: NameIn<T, Table> };

type Structure<T, Table> =
  T extends { cancel(): unknown; then(...args: never[]): unknown } ? { cancellable: Plain<Awaited<T>, Table> }
  : T extends Promise<infer Value> ? { promise: Plain<Value, Table> }
  : T extends Map<infer Key, infer Value> ? { map: [Plain<Key, Table>, Plain<Value, Table>] }
  : T extends (...args: infer Args) => infer Result ? { call: (...args: Each<Args, Table>) => Plain<Result, Table> }
  : T extends readonly unknown[] ? Each<T, Table>
  : Members<T, Table>;

type Each<T, Table> = { [Index in keyof T]: Plain<T[Index], Table> };

/** Names with an underscore in front are the SDK's own; the emitter is compared once for all. */
type Hidden = `_${string}` | "prototype";
export type Members<T, Table, Except = never> = {
  [Name in keyof T as Name extends Hidden | Except ? never : Name]: Plain<T[Name], Table>;
};

type Mutable<T, Name extends keyof T> =
  (<X>() => X extends { [N in Name]: T[Name] } ? 1 : 2) extends <X>() => X extends { -readonly [N in Name]: T[Name] } ? 1 : 2
    ? true
    : false;

/** Names of members that `A` has and `B` has not. */
export type Lacks<A, B> = Exclude<keyof A, keyof B>;

/** Names of members whose types do not fit both ways, or that can be assigned or left out on one side alone. */
export type Differing<A, B> = {
  [Name in keyof A & keyof B]-?: Fits<A[Name], B[Name]> extends true
    ? Same<[Mutable<A, Name>, undefined extends A[Name] ? 1 : 0], [Mutable<B, Name>, undefined extends B[Name] ? 1 : 0]> extends true
      ? never
      : Name
    : Name;
}[keyof A & keyof B];

/** `"types"` where two whole types do not fit both ways. */
export type DifferingWhole<A, B, TableA, TableB> =
  Fits<Structure<A, TableA>, Structure<B, TableB>> extends true ? never : "types";
