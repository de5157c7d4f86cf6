import { readTokens, unbalanced, type Fault } from './tokens.ts';
import { treeOf, type Node } from './tree.ts';

/** A column, or a path into one, that an expression names. */
export interface ColumnUse {
  /** Without what escapes its names. */
  path: string;
  /** The first character is 1. */
  character: number;
}

/** A function that an expression calls. */
export interface Call {
  name: string;
  /** How many arguments it is given. */
  args: number;
  /** The first character is 1. */
  character: number;
}

/** What can be said of an expression. */
export interface Reading {
  /** What is surely wrong with its form: then nothing else is said. */
  fault?: Fault;
  columns: ColumnUse[];
  calls: Call[];
}

/**
 * Reads a Data Prep expression. Where Adobe's pages leave open what it means, as of statements, comments and templates, nothing
 * is said, so that nothing is refused that Data Prep would take: AEP's validation is the law.
 */
export function readExpression(expression: string): Reading {
  const reading: Reading = { columns: [], calls: [] };
  const tokens = readTokens(expression);
  if (!Array.isArray(tokens)) return tokens ? { ...reading, fault: tokens } : reading;
  const fault = unbalanced(tokens);
  if (fault) return { ...reading, fault };
  const tree = treeOf(expression, tokens);
  if (!tree) return reading;
  if ('what' in tree) return { ...reading, fault: tree };
  collect(tree, new Set(), reading);
  return reading;
}

/** Their arguments after the first may be names of attributes. */
const takeAttributes = new Set(['object_to_map', 'array_to_map']);

/** @param bound the names that stand for what a lambda is given. */
function collect(node: Node, bound: ReadonlySet<string>, { columns, calls }: Reading): void {
  visit(node, bound);

  function visit(one: Node, bound: ReadonlySet<string>): void {
    switch (one.kind) {
      case 'value':
        return;
      case 'path':
        if (!bound.has(one.head)) columns.push({ path: one.path, character: one.at + 1 });
        return;
      case 'call':
        calls.push({ name: one.name, args: one.args.length, character: one.at + 1 });
        one.args.forEach((arg, index) => {
          const isAttribute = index > 0 && takeAttributes.has(one.name) && arg.kind === 'path' && arg.isName;
          if (!isAttribute) visit(arg, bound);
        });
        return;
      case 'parts':
        for (const part of one.parts) visit(part, bound);
        return;
      case 'lambda':
        visit(one.body, new Set([...bound, ...one.params]));
    }
  }
}
