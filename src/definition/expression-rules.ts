/** What an expression calls must be a function of Data Prep's, called as that takes it; and its form must be whole. */
import { readExpression } from '../data-prep/expression.ts';
import { functions, type Signature } from '../data-prep/functions.ts';
import { didYouMean } from './nearest.ts';
import type { Rule } from './rules.ts';

const names = [...functions.keys()];

export const expressionRule: Rule = ({ mapping }, report, _, suggest) => {
  mapping?.forEach((entry, index) => {
    if (entry?.expression === undefined) return;
    const { fault, calls } = readExpression(entry.expression);
    const tell = (message: string) => report(`mapping[${index}].expression`, message);
    if (fault) tell(`must be whole; at character ${fault.character}, ${fault.what}`);
    for (const { name, args, character } of calls) {
      const signature = functions.get(name);
      if (!signature) {
        const none = `must call functions of Data Prep; at character ${character}, "${name}" is none`;
        tell(none + didYouMean(suggest(name, names)));
      } else if (args < signature.least || args > signature.most)
        tell(
          `must give functions what they take; at character ${character}, ${signature.written} takes ${arityOf(signature)}, not ${args}`,
        );
    }
  });
};

/** Such as `2 to 4 arguments`. */
function arityOf({ least, most }: Signature): string {
  if (least === most) return `${least === 0 ? 'no' : least} ${least === 1 ? 'argument' : 'arguments'}`;
  return most === Infinity ? `at least ${least}` : `${least} to ${most} arguments`;
}
