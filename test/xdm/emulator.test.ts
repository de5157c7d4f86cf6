import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { standardResources } from '../../emulator/data/xdm.ts';
import { expand, hasField } from '../../emulator/schema-registry/fields.ts';
import { readFields } from '../../src/xdm/fields.ts';
import { typeAt, untold } from '../../src/xdm/look-up.ts';

const resources = standardResources
  .filter(({ fields }) => fields.size > 0)
  .map(({ fields }) => ({ fields, root: readFields({ properties: expand(fields) }) }));
const names = [
  ...new Set(resources.flatMap(({ fields }) => [...fields.keys()].flatMap((path) => path.split('.')))),
];

const step = fc.tuple(
  fc.oneof(
    fc.constantFrom(...names),
    fc.string({ unit: fc.constantFrom('a', 'b', 'N', '_', '.', '[', ']', '*', '0') }),
  ),
  fc.constantFrom('', '', '', '[0]', '[*]'),
);
const invented = fc
  .array(step, { minLength: 1, maxLength: 5 })
  .map((steps) => steps.map((one) => one.join('')).join('.'));

/** A real path, with an index here or there, or more behind it. */
const real = ({ fields }: (typeof resources)[number]) =>
  fc
    .tuple(
      fc.constantFrom(...fields.keys()),
      fc.constantFrom('', '[0]', '[*]', '.ECID', '.ECID[0].id', '.nothing'),
      fc.nat(3),
    )
    .map(
      ([path, more, at]) =>
        path
          .split('.')
          .map((name, index) => (index === at && index > 0 ? `${name}[0]` : name))
          .join('.') + more,
    );

test('a path is judged as the emulator does, which follows Adobe on its own, and every field has its type', () => {
  for (const one of resources) {
    for (const [path, type] of one.fields) {
      const told = typeAt(one.root, path);
      if (told !== untold) expect(type.startsWith('uri') || type === 'email' ? 'string' : type).toBe(told);
    }
    fc.assert(
      fc.property(fc.oneof(invented, real(one)), (path) => {
        // It reads no brackets in the middle of a name, and names are never empty.
        fc.pre(
          !/[[\]]/.test(path.replaceAll(/(?<=\w)\[[0*]\](?=\.|$)/g, '')) && !/^$|^\.|\.\.|\.$/.test(path),
        );
        if (hasField(one.fields, path)) expect(typeAt(one.root, path)).not.toBeNull();
        // It does not tell what a list of texts holds, so that this is open.
        else expect([null, untold]).toContain(typeAt(one.root, path));
      }),
    );
  }
});
