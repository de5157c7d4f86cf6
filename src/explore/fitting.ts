/** The first of a list, as many as fit into so many characters of JSON, and how many there are besides. */
export function fitting<One>(all: readonly One[], mostCharacters: number): { first: One[]; more: number } {
  let left = mostCharacters;
  let count = 0;
  for (const one of all) {
    left -= JSON.stringify(one).length + 1;
    if (left < 0) break;
    count++;
  }
  return { first: all.slice(0, count), more: all.length - count };
}
