/** The words that a name is made of, in lower case: `CUST_FirstName__c` is `cust`, `first`, `name`, `c`. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{Nd}]/u)
    .filter((word) => word !== '');
}

/** `orders` and `order` are one word, so are `companies` and `company`. */
export function singular(word: string): string {
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

/** The name of a table without what it stands in: of `shop.dbo.Orders` and of `/exports/orders.csv` it is `orders`. */
export function lastName(path: string): string {
  const last = path.split('/').findLast((part) => part !== '') ?? path;
  const isFile = path.includes('/');
  const parts = last.split('.').filter((part) => part !== '');
  return (isFile ? parts[0] : parts.at(-1)) ?? last;
}
