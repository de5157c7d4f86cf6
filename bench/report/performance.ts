import { coldPart } from './cold.ts';
import { costPart } from './cost.ts';
import { createPart } from './create.ts';
import { manyPart } from './many.ts';
import type { Part } from './part.ts';
import { recoveryPart } from './recovery.ts';
import { sandboxPart } from './sandbox.ts';

export function performanceParts(): Record<string, Part | undefined> {
  return {
    create: createPart(),
    many: manyPart(),
    cost: costPart(),
    sandbox: sandboxPart(),
    cold: coldPart(),
    recovery: recoveryPart(),
  };
}
