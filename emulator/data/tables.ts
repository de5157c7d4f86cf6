/** Which of the samples' tables each family shows: those of the tutorials. */

// The label and the API name of an object may differ: `path` is what a source connection wants.
export const labels: Record<string, string> = { AccountCleanInfo: 'Account Clean Info' };

/** Paths of the tables that a connector of this family shows. */
export function sampleTables(family: string): string[] {
  if (family === 'protocols') return ['Orders', 'test1.Mytable'];
  // The page on customer success explores the table of the databases page.
  if (family === 'customer-success' || family === 'crm')
    return ['Account', 'AccountCleanInfo', 'Contact', 'test1.Mytable'];
  if (family === 'database')
    return ['test1.Mytable', 'test1.austin_demo', 'acmeSpringCampaign', 'customers', 'sales.Orders'];
  return ['Orders', 'Account', 'test1.Mytable'];
}
