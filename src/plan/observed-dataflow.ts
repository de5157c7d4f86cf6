import type { Kind, ResourceIds } from '../resources/kinds.ts';
import type { Observed } from '../resources/resource.ts';

/** A resource of each kind. */
export type Parts = Partial<Record<Kind, Observed>>;

/** What AEP has of one dataflow. */
export interface ObservedDataflow {
  /** What was found of each kind: by the ids that earlier runs left, by name and by mark. */
  found: Partial<Record<Kind, Observed[]>>;
  /** The flows that are the dataflow's, oldest first, each with all that it refers to, as far as that is there. */
  flows: Parts[];
  /** The ids of what the definition names, and the schema of a dataset that is named alone. */
  givenIds: ResourceIds;
  /** The ids of all that earlier runs made or adopted, as far as Temporal remembers them. */
  noted?: ReadonlySet<string> | undefined;
  /** The flow that an earlier update was to replace, where somebody had paused it before. */
  paused?: string | undefined;
  /** A flow that an earlier run left and that AEP does not show. */
  missingFlow?: string;
}
