import type { Issues, Path } from './errors.ts';
import { isObject, type Json } from './json.ts';

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** Checks the fields of one object in a body, and files what is wrong with its path. */
export class Checker {
  readonly issues: Issues;
  readonly path: Path;
  readonly node: Json;

  constructor(issues: Issues, path: Path, node: Json) {
    this.issues = issues;
    this.path = path;
    this.node = node;
  }

  /** A checker for an object inside of this one. */
  at(path: Path, node: Json): Checker {
    return new Checker(this.issues, [...this.path, ...path], node);
  }

  add(key: string | Path, code: string, message: string): void {
    this.issues.add([...this.path, ...(typeof key === 'string' ? [key] : key)], code, message);
  }

  /** A string within its length, counted in UTF-16 units as Discord does. Null counts as absent. */
  text(key: string, { min = 0, max = 4000, required = false }: Range = {}): string | undefined {
    const value = this.node[key] ?? undefined;
    if (value === undefined) {
      if (required) this.add(key, 'BASE_TYPE_REQUIRED', 'This field is required');
      return undefined;
    }
    if (typeof value !== 'string') {
      this.add(key, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
      return undefined;
    }
    if (value.length < min || value.length > max) {
      if (min > 0) this.add(key, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
      else this.add(key, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    }
    return value;
  }

  int(key: string, { min = 0, max = 2 ** 53, required = false }: Range = {}): number | undefined {
    const value = this.node[key] ?? undefined;
    if (value === undefined) {
      if (required) this.add(key, 'BASE_TYPE_REQUIRED', 'This field is required');
      return undefined;
    }
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      this.add(key, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
      return undefined;
    }
    if (value < min) this.add(key, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    if (value > max) this.add(key, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    return value;
  }

  bool(key: string): boolean | undefined {
    const value = this.node[key] ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    this.add(key, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
    return undefined;
  }

  /** A list of objects. Items that are no objects are reported and left out. */
  objects(
    key: string,
    { min = 0, max = 1000, required = false }: Range = {},
  ): { node: Json; index: number }[] {
    const value = this.node[key] ?? undefined;
    if (value === undefined) {
      if (required) this.add(key, 'BASE_TYPE_REQUIRED', 'This field is required');
      return [];
    }
    if (!Array.isArray(value)) {
      this.add(key, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return [];
    }
    if (value.length < min || value.length > max) {
      this.add(key, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    }
    return value.flatMap((node: unknown, index) => {
      if (isObject(node)) return [{ node, index }];
      this.add([key, index], 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
      return [];
    });
  }

  /** Refuses a field that is not allowed here. */
  absent(key: string, code: string, message: string): void {
    if (this.node[key] !== undefined && this.node[key] !== null) this.add(key, code, message);
  }
}
