import { z } from 'zod';
import { partName, prose, resourceId, xdmUri } from './text.ts';

export const schema = () =>
  z
    .strictObject({
      id: xdmUri().optional().describe('$id of an existing schema. Alone it is enough.'),
      title: partName()
        .optional()
        .describe("Title of the schema to make, unique in the sandbox. The dataflow's name unless given."),
      description: prose()
        .optional()
        .describe("Description of the schema to make. The dataflow's unless given."),
      class: xdmUri()
        .optional()
        .describe(
          '$id of the class of the schema to make, such as https://ns.adobe.com/xdm/context/profile.',
        ),
      fieldGroups: z
        .array(xdmUri())
        .max(200)
        .optional()
        .describe('$ids of the field groups of the schema to make.'),
    })
    .describe(
      'The XDM schema that the data lands in: {"id"} for an existing one, or a class and field groups for a new one. Required unless dataset.id is given.',
    );

export const dataset = () =>
  z
    .strictObject({
      id: resourceId()
        .optional()
        .describe('Id of an existing dataset. Alone it is enough: its schema is read from it.'),
      name: partName().optional().describe("Name of the dataset to make. The dataflow's unless given."),
      description: prose().optional().describe('Description of the dataset to make. None unless given.'),
    })
    .describe('The dataset that the data lands in: {"id"} for an existing one, or a new one.');

export const target = () =>
  z
    .strictObject({
      name: partName().optional().describe("Name of the target connection. The dataflow's unless given."),
      description: prose()
        .optional()
        .describe("Description of the target connection. The dataflow's unless given."),
      datasetBaseConnection: z
        .strictObject({
          id: resourceId()
            .optional()
            .describe('Id of an existing dataset base connection. Alone it is enough.'),
          name: partName().optional().describe('Name of the dataset base connection to make.'),
          description: prose().optional().describe('Description of the dataset base connection to make.'),
        })
        .optional()
        .describe(
          'The older generation only: the target goes through a dataset base connection, made ({}) or an existing one ({"id"}).',
        ),
    })
    .describe('The target connection: always the data lake.');
