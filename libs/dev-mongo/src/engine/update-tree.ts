import { compileMatch } from './match.ts';
import { mongoError } from './errors.ts';
import { isDocument, typeOf } from './bson-types.ts';
import { splitPath, isIndexPart } from './paths.ts';
import { show } from './show.ts';
import type { Collation, Document, Matcher, Value } from './types.ts';
import type { Leaf } from './update-leaf.ts';
import { leafMakers, renameLeaves } from './update-operators.ts';

/** The update as a tree of paths: several operators on different paths are one walk. */
export type UpdateNode =
  | { kind: 'leaf'; leaf: Leaf; path: string }
  | { kind: 'fields'; children: Map<string, UpdateNode> }
  | { kind: 'elements'; children: Map<string, UpdateNode> };

export interface ArrayFilter {
  identifier: string;
  matches(element: Value): boolean;
}

export interface UpdateTree {
  root: UpdateNode & { kind: 'fields' };
  filters: Map<string, ArrayFilter>;
}

const identifierPattern = /^\$\[(.*)\]$/;

/** The identifier of a part `$[id]`, '' for `$[]`, undefined for other parts. */
export function arrayIdentifier(part: string): string | undefined {
  return identifierPattern.exec(part)?.[1];
}

/**
 * Reads an update with operators.
 *
 * @throws MongoError 9 unknown operator, 40 two operators on one path, 52 and 56 forbidden names,
 *   2 wrong arguments
 */
export function parseUpdateTree(
  update: Document,
  arrayFilters: Document[] | undefined,
  collation: Collation | undefined,
): UpdateTree {
  const filters = parseArrayFilters(arrayFilters ?? [], collation);
  const root: UpdateNode & { kind: 'fields' } = { kind: 'fields', children: new Map() };
  const usedIdentifiers = new Set<string>();
  const add = (path: string, leaf: Leaf): void => {
    checkPath(path, filters, usedIdentifiers);
    insertLeaf(root, path, leaf);
  };
  for (const operator of Object.keys(update)) {
    const fields = update[operator];
    const make = leafMakers.get(operator);
    if (operator !== '$rename' && !make) {
      throw mongoError(
        9,
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDocument(fields)) {
      throw mongoError(
        9,
        `Modifiers operate on fields but we found type ${typeOf(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${show(fields)}}`,
      );
    }
    for (const path of Object.keys(fields)) {
      if (make) add(path, make(fields[path], { path, collation }));
      else for (const [target, leaf] of renameLeaves(path, fields[path])) add(target, leaf);
    }
  }
  for (const identifier of filters.keys()) {
    if (!usedIdentifiers.has(identifier)) {
      throw mongoError(
        9,
        `The array filter for identifier '${identifier}' was not used in the update ${show(update)}`,
      );
    }
  }
  return { root, filters };
}

function checkPath(path: string, filters: Map<string, ArrayFilter>, used: Set<string>): void {
  const parts = splitPath(path);
  let positionals = 0;
  parts.forEach((part, index) => {
    if (part === '') {
      throw mongoError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
    }
    if (!part.startsWith('$')) return;
    const identifier = arrayIdentifier(part);
    if (part === '$') {
      positionals += 1;
      if (index === 0)
        throw mongoError(
          2,
          `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
        );
    } else if (identifier !== undefined) {
      if (index === 0) {
        throw mongoError(
          2,
          `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
        );
      }
      if (identifier !== '' && !filters.has(identifier)) {
        throw mongoError(2, `No array filter found for identifier '${identifier}' in path '${path}'`);
      }
      used.add(identifier);
    } else if (!['$id', '$ref', '$db'].includes(part)) {
      throw mongoError(
        52,
        `The dollar ($) prefixed field '${part}' in '${path}' is not allowed for storage.`,
      );
    }
  });
  if (positionals > 1) throw mongoError(2, `Too many positional (i.e. '$') elements found in path '${path}'`);
}

function conflict(path: string, at: string): Error {
  return mongoError(40, `Updating the path '${path}' would create a conflict at '${at}'`);
}

function insertLeaf(root: UpdateNode & { kind: 'fields' }, path: string, leaf: Leaf): void {
  const parts = splitPath(path);
  let current: UpdateNode & { kind: 'fields' | 'elements' } = root;
  parts.forEach((part, index) => {
    const isElementPart = arrayIdentifier(part) !== undefined;
    const at = parts.slice(0, index + 1).join('.');
    // One array is updated either by positions or by identifiers, not by both.
    if (isElementPart !== (current.kind === 'elements'))
      throw conflict(path, parts.slice(0, index).join('.'));
    const child = current.children.get(part);
    if (index === parts.length - 1) {
      if (child) throw conflict(path, path);
      current.children.set(part, { kind: 'leaf', leaf, path });
    } else if (child) {
      if (child.kind === 'leaf') throw conflict(path, at);
      current = child;
    } else {
      const kind = arrayIdentifier(parts[index + 1]!) === undefined ? 'fields' : 'elements';
      const next: UpdateNode & { kind: 'fields' | 'elements' } = { kind, children: new Map() };
      current.children.set(part, next);
      current = next;
    }
  });
}

/** MongoDB's order of working: index-like names by number, others by their bytes. */
export function orderNames(a: string, b: string): number {
  if (isIndexPart(a) && isIndexPart(b)) return Number(a) - Number(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Lays two nodes over each other, as when `$` and a position name the same element. */
export function mergeNodes(a: UpdateNode, b: UpdateNode, path: string): UpdateNode {
  if (a.kind === 'leaf' || b.kind === 'leaf' || a.kind !== b.kind) throw conflict(path, path);
  const children = new Map(a.children);
  for (const [name, child] of b.children) {
    const existing = children.get(name);
    children.set(name, existing ? mergeNodes(existing, child, `${path}.${name}`) : child);
  }
  return { kind: a.kind, children };
}

function parseArrayFilters(
  arrayFilters: Document[],
  collation: Collation | undefined,
): Map<string, ArrayFilter> {
  const filters = new Map<string, ArrayFilter>();
  for (const filter of arrayFilters) {
    if (!isDocument(filter))
      throw mongoError(14, "Each array filter must be an object, e.g. arrayFilters: [{'x.y': 1}]");
    const names = new Set(topLevelNames(filter));
    const [identifier, other] = names;
    if (identifier === undefined)
      throw mongoError(9, 'Cannot use an expression without a top-level field name in arrayFilters');
    if (other !== undefined) {
      throw mongoError(
        9,
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${identifier}' and '${other}'`,
      );
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
      throw mongoError(
        2,
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    }
    if (filters.has(identifier)) {
      throw mongoError(9, `Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const matcher: Matcher = compileMatch(filter, { collation });
    filters.set(identifier, { identifier, matches: (element) => matcher.test({ [identifier]: element }) });
  }
  return filters;
}

function topLevelNames(filter: Document): string[] {
  return Object.keys(filter).flatMap((name) => {
    if (!name.startsWith('$')) return [splitPath(name)[0]!];
    const argument = filter[name];
    if (!['$and', '$or', '$nor'].includes(name)) {
      if (name === '$comment') return [];
      throw mongoError(
        2,
        `Error parsing array filter :: caused by :: ${name} is not allowed in this context`,
      );
    }
    return Array.isArray(argument)
      ? (argument as Value[]).flatMap((entry) => (isDocument(entry) ? topLevelNames(entry) : []))
      : [];
  });
}
