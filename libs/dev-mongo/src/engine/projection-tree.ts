import type { Env, Evaluate, Scope } from './aggregate/expression-types.ts';
import { asPlain, getField, isDocument, setField, shallowCopy } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { splitPath } from './paths.ts';
import type { Document, Value } from './types.ts';

/** What happens with a field: kept, left out, computed, or something within it. */
type ProjectionNode =
  | { kind: 'include' }
  | { kind: 'exclude' }
  | { kind: 'compute'; evaluate: Evaluate }
  | { kind: 'nested'; children: Map<string, ProjectionNode> };

export type NestedNode = ProjectionNode & { kind: 'nested' };

export function makeNested(): NestedNode {
  return { kind: 'nested', children: new Map() };
}

/** Puts a node at a path; two on one path, or one within another, are refused as MongoDB does. */
export function insertNode(root: NestedNode, path: string, node: ProjectionNode): void {
  const parts = splitPath(path);
  let current = root;
  parts.forEach((part, index) => {
    if (part === '') throw mongoError(15998, 'FieldPath field names may not be empty strings.');
    const existing = current.children.get(part);
    if (index === parts.length - 1) {
      if (existing?.kind === 'nested') throw mongoError(31250, `Path collision at ${path}`);
      if (existing) throw mongoError(31250, `Path collision at ${path}`);
      current.children.set(part, node);
    } else if (existing) {
      if (existing.kind !== 'nested') {
        throw mongoError(
          31249,
          `Path collision at ${path} remaining portion ${parts.slice(index + 1).join('.')}`,
        );
      }
      current = existing;
    } else {
      const next = makeNested();
      current.children.set(part, next);
      current = next;
    }
  });
}

/** Keeps the fields that the tree names, in the document's order. */
export function applyInclusion(doc: Document, node: NestedNode): Document {
  const source = asPlain(doc);
  const result: Document = {};
  for (const name of Object.keys(source)) {
    const child = node.children.get(name);
    if (!child || child.kind === 'compute' || child.kind === 'exclude') continue;
    const value = child.kind === 'include' ? source[name] : includeWithin(source[name], child);
    if (value !== undefined) setField(result, name, value);
  }
  return result;
}

function includeWithin(value: Value, node: NestedNode): Value {
  if (Array.isArray(value))
    return value.map((item) => includeWithin(item, node)).filter((item) => item !== undefined);
  return isDocument(value) ? applyInclusion(value, node) : undefined;
}

/** Leaves out the fields that the tree names. */
export function applyExclusion(doc: Document, node: NestedNode): Document {
  const source = asPlain(doc);
  const result: Document = {};
  for (const name of Object.keys(source)) {
    const child = node.children.get(name);
    if (child?.kind === 'exclude') continue;
    setField(result, name, child?.kind === 'nested' ? excludeWithin(source[name], child) : source[name]);
  }
  return result;
}

function excludeWithin(value: Value, node: NestedNode): Value {
  if (Array.isArray(value)) return value.map((item) => excludeWithin(item, node));
  return isDocument(value) ? applyExclusion(value, node) : value;
}

/** Adds the computed fields of the tree; they are evaluated on the document as it was. */
export function applyComputed(doc: Document, node: NestedNode, env: Env): Document {
  let result: Document | undefined;
  for (const [name, child] of node.children) {
    if (!computes(child)) continue;
    result ??= shallowCopy(doc);
    const value =
      child.kind === 'compute'
        ? child.evaluate(env)
        : computeWithin(getField(result, name), child as NestedNode, env);
    if (value === undefined) delete result[name];
    else setField(result, name, value);
  }
  return result ?? doc;
}

/** Within an array every element gets the fields; what is no document becomes one. */
function computeWithin(value: Value, node: NestedNode, env: Env): Value {
  if (Array.isArray(value)) return value.map((item) => computeWithin(item, node, env));
  return applyComputed(isDocument(value) ? value : {}, node, env);
}

function computes(node: ProjectionNode): boolean {
  if (node.kind === 'compute') return true;
  return node.kind === 'nested' && [...node.children.values()].some(computes);
}

/** The tree of `$addFields`: everything is computed, documents without operators are paths. */
export function compileComputedFields(spec: Document, scope: Scope): NestedNode {
  const root = makeNested();
  addComputed(root, spec, '', scope);
  return root;
}

function addComputed(root: NestedNode, spec: Document, prefix: string, scope: Scope): void {
  for (const name of Object.keys(spec)) {
    if (name.startsWith('$'))
      throw mongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    const value = spec[name];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (
      isDocument(value) &&
      Object.keys(value).length > 0 &&
      !Object.keys(value).some((key) => key.startsWith('$'))
    ) {
      addComputed(root, value, path, scope);
    } else {
      insertNode(root, path, { kind: 'compute', evaluate: scope.compile(value) });
    }
  }
}
