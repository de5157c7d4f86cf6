/**
 * Fields of the standard XDM classes and field groups, by the paths that mappings use.
 * Notation: `name` is a string, `name:type` is not, `name{shape}` nests a shape of the table.
 * Facts from the public XDM repository, written in our own form: prefixes as mappings have them
 * (`xdm:` left out, `@id` → `_id`, `repo:createDate` → `_repo.createDate`).
 */

const audit =
  'repositoryCreatedBy repositoryLastModifiedBy createdByBatchID modifiedByBatchID ' +
  '_repo.createDate:date-time _repo.modifyDate:date-time _repo.discardDate:date-time _repo.expires:date-time _repo.lastPublishedTime';

const shapes: Record<string, string> = {
  personName: 'firstName lastName middleName courtesyTitle suffix fullName',
  person:
    'name{personName} birthDate:date birthDayAndMonth birthYear:integer gender maritalStatus nationality type taxId',
  email: 'primary:boolean address label type status statusReason',
  phone: 'primary:boolean countryCode number extension status statusReason validity',
  address:
    `_id _schema.description _schema.latitude:number _schema.longitude:number _schema.elevation:number ` +
    `countryCode stateProvince city postalCode dmaID:integer msaID:integer ${audit} ` +
    `primary:boolean label street1 street2 street3 street4 region postOfficeBox country state status statusReason lastVerifiedDate:date`,
};

export type StandardResource = {
  id: string;
  title: string;
  kind: 'behaviors' | 'classes' | 'fieldgroups';
  /** What the resource builds on; for a field group, the class it is meant for. */
  extends: string[];
  /** Path → type (`string`, `integer`, `number`, `boolean`, `date`, `date-time`, `object`, `array`, `map`). */
  fields: Map<string, string>;
  /** Paths that no record may lack. */
  required: string[];
};

/** Reads the notation above into path → type, parents included. */
function readFields(text: string, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const word of text.split(' ').filter((w) => w !== '')) {
    const [, name = '', shape, type = 'string'] = /^([^:{]+)(?:\{(\w+)\})?(?::(.+))?$/.exec(word) ?? [];
    const path = prefix + name;
    const parts = path.split('.');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const parent = parts.slice(0, depth).join('.');
      if (!into.has(parent)) into.set(parent, 'object');
    }
    into.set(path, shape === undefined ? type : 'object');
    if (shape !== undefined) readFields(shapes[shape] ?? '', `${path}.`, into);
  }
  return into;
}

const context = 'https://ns.adobe.com/xdm/context/';
export const recordBehavior = 'https://ns.adobe.com/xdm/data/record';
export const timeSeriesBehavior = 'https://ns.adobe.com/xdm/data/time-series';
export const adHocBehavior = 'https://ns.adobe.com/xdm/data/adhoc';
/** What relational schemas extend instead of a class: their fields are their own. */
export const relationalBehavior = 'https://ns.adobe.com/xdm/data/adhoc-v2';
const auditable = 'https://ns.adobe.com/xdm/common/auditable';
const profile = `${context}profile`;
const event = `${context}experienceevent`;
const identityMap = `${context}identitymap`;

const table: [string, string, StandardResource['kind'], string[], string][] = [
  [recordBehavior, 'Record Schema', 'behaviors', [], '_id'],
  [timeSeriesBehavior, 'Time-series Schema', 'behaviors', [], '_id timestamp:date-time eventType'],
  [adHocBehavior, 'Adhoc Schema', 'behaviors', [], ''],
  [profile, 'XDM Individual Profile', 'classes', [auditable, recordBehavior], `_id personID ${audit}`],
  [
    event,
    'XDM ExperienceEvent',
    'classes',
    [timeSeriesBehavior, identityMap],
    '_id timestamp:date-time eventType eventMergeId producedBy identityMap:map',
  ],
  [`${context}profile-person-details`, 'Demographic Details', 'fieldgroups', [profile], 'person{person}'],
  [
    `${context}profile-personal-details`,
    'Personal Contact Details',
    'fieldgroups',
    [profile],
    'homeAddress{address} personalEmail{email} homePhone{phone} mobilePhone{phone} faxPhone{phone} shippingAddressPhone{phone} ' +
      'billingAddressPhone{phone} shippingAddress{address} billingAddress{address} mailingAddress{address}',
  ],
  [
    `${context}profile-work-details`,
    'Work Contact Details',
    'fieldgroups',
    [profile],
    'workAddress{address} workEmail{email} workPhone{phone} organizations:array',
  ],
  [identityMap, 'IdentityMap', 'fieldgroups', [profile, event], 'identityMap:map'],
];

export const standardResources: StandardResource[] = table.map(([id, title, kind, bases, fields]) => ({
  id,
  title,
  kind,
  extends: bases,
  fields: readFields(fields),
  required: id === event ? ['_id', 'timestamp'] : [],
}));

const byId = new Map(standardResources.map((resource) => [resource.id, resource]));

export function findStandard(id: string): StandardResource | undefined {
  return byId.get(id);
}
