/** Fields of Adobe's own classes and field groups, and what columns that hold them are called. Facts from the public XDM repository. */

const context = 'https://ns.adobe.com/xdm/context/';

export const classes = {
  profile: { id: `${context}profile`, title: 'XDM Individual Profile' },
  event: { id: `${context}experienceevent`, title: 'XDM ExperienceEvent' },
} as const;

export type ClassName = keyof typeof classes;

const groups = {
  person: { id: `${context}profile-person-details`, title: 'Demographic Details' },
  contact: { id: `${context}profile-personal-details`, title: 'Personal Contact Details' },
  work: { id: `${context}profile-work-details`, title: 'Work Contact Details' },
} as const;

/** What gives a schema its fields, and is named in a definition by its `$id`. */
export interface FieldGroup {
  id: string;
  title: string;
}

/** A field that a column may go to. */
export interface StandardField {
  path: string;
  /** In the words of `xdm/fields.ts`. */
  type: string;
  /** The field group that has it. Absent: the class itself. */
  group?: FieldGroup;
  /** What columns are called that hold it, the words of a name put together: `first_name` is `firstname`. */
  names: readonly string[];
  /** What a column of that name may hold and the field does not take. */
  note?: string;
}

type Row = [path: string, names: string, type?: string, note?: string];

const rows = (group: FieldGroup | undefined, all: readonly Row[]): StandardField[] =>
  all.map(([path, names, type = 'string', note]) => ({
    path,
    type,
    ...(group ? { group } : {}),
    names: names.split(/\s+/),
    ...(note === undefined ? {} : { note }),
  }));

const record = rows(undefined, [
  [
    '_repo.createDate',
    'created createdat createdon createddate createdatetime createdtime creationdate createdate',
    'date-time',
  ],
  [
    '_repo.modifyDate',
    'updated updatedat updatedon updateddate updatedtime modified modifiedat modifiedon modifieddate lastmodified lastmodifieddate lastupdated lastupdate lastupdatedat',
    'date-time',
  ],
  [
    'personID',
    'personid customerid customernumber customerno custid userid memberid contactid clientid accountid subscriberid',
  ],
]);

const person = rows(groups.person, [
  ['person.name.firstName', 'firstname fname givenname forename'],
  ['person.name.lastName', 'lastname lname surname familyname'],
  ['person.name.middleName', 'middlename mname'],
  ['person.name.fullName', 'fullname name displayname'],
  ['person.name.courtesyTitle', 'salutation courtesytitle honorific nameprefix'],
  ['person.name.suffix', 'namesuffix'],
  ['person.birthDate', 'birthdate dateofbirth dob birthday birthdt', 'date'],
  ['person.birthYear', 'birthyear yearofbirth yob', 'integer'],
  [
    'person.gender',
    'gender sex',
    'string',
    'the field takes male, female, not_specified and non_specific only: give an expression where the column says it otherwise',
  ],
  ['person.nationality', 'nationality'],
]);

const emails = [
  ...rows(groups.contact, [
    [
      'personalEmail.address',
      'email emailaddress emailaddr mail mailaddress primaryemail personalemail homeemail email1 emailid',
    ],
  ]),
  ...rows(groups.work, [
    ['workEmail.address', 'workemail workemailaddress businessemail officeemail companyemail'],
  ]),
];

const phones = [
  ...rows(groups.contact, [
    [
      'mobilePhone.number',
      'mobile mobilephone mobilenumber mobileno mobilephonenumber cell cellphone cellnumber cellphonenumber',
    ],
    [
      'homePhone.number',
      'phone phonenumber phoneno telephone telephonenumber tel homephone homephonenumber phone1 primaryphone',
    ],
    ['faxPhone.number', 'fax faxnumber faxno faxphone'],
  ]),
  ...rows(groups.work, [
    ['workPhone.number', 'workphone workphonenumber businessphone officephone phonework'],
  ]),
];

const ofAddress: Row[] = [
  [
    'street1',
    'street street1 address address1 addressline addressline1 addr addr1 line1 streetaddress streetaddress1 streetline1',
  ],
  ['street2', 'street2 address2 addressline2 addr2 line2 streetaddress2 streetline2'],
  ['street3', 'street3 address3 addressline3 addr3 line3'],
  ['city', 'city town addresscity'],
  ['postalCode', 'postalcode postcode zip zipcode plz addresszip addresspostalcode addresspostcode'],
  ['state', 'state province stateprovince statename addressstate'],
  ['region', 'region county'],
  ['country', 'country countryname addresscountry'],
  ['countryCode', 'countrycode countryiso countryisocode iso2country addresscountrycode'],
  ['postOfficeBox', 'pobox postofficebox'],
];

const addressKinds: [path: string, group: FieldGroup, prefixes: string][] = [
  ['billingAddress', groups.contact, 'billing bill billto invoice'],
  ['shippingAddress', groups.contact, 'shipping ship shipto delivery'],
  ['mailingAddress', groups.contact, 'mailing postal'],
  ['workAddress', groups.work, 'work office business company'],
  ['homeAddress', groups.contact, 'home residential'],
];

/** An address of no kind is a home's. */
const addresses = addressKinds.flatMap(([path, group, prefixes]) =>
  ofAddress.flatMap(([field, names]) => {
    const plain = names.split(' ');
    const named = prefixes.split(' ').flatMap((prefix) => plain.map((name) => prefix + name));
    return rows(group, [
      [`${path}.${field}`, [...named, ...(path === 'homeAddress' ? plain : [])].join(' ')],
    ]);
  }),
);

const event = rows(undefined, [
  ['eventType', 'eventtype eventname event activitytype activity action'],
  [
    'timestamp',
    'timestamp ts time eventtime eventdate eventtimestamp eventat occurredat occurred datetime happenedat visittime visitdate visitedat visited viewedat viewed clicktime clickedat orderdate ordertime orderedat ordered purchasedate purchasedat transactiondate transactiontime paymentdate paidat invoicedate invoicedat issuedate issuedat placedat startedat starttime loggedat createdat created createddate createdon creationdate',
    'date-time',
  ],
]);

/** All that a column of a table may go to, by the class that the table's schema has. */
export const standardFields: Record<ClassName, readonly StandardField[]> = {
  profile: [...person, ...emails, ...phones, ...addresses, ...record],
  event,
};
