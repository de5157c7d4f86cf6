"""A day with aepp, an independent client of AEP: argument 1 is the emulator's address. Prints what it found as JSON."""

import json
import sys
import time

import aepp
from aepp import catalog, dataprep, flowservice, schema

url = sys.argv[1]
aepp.configure(org_id="ACME@AdobeOrg", client_id="aepp", secret="s3cret", scopes="openid")
# It knows Adobe's addresses only.
aepp.config.endpoints["global"] = url
aepp.config.config_object["oauthTokenEndpointV2"] = f"{url}/ims/token/v3"

flows = flowservice.FlowService()
registry = schema.Schema()
datasets = catalog.Catalog()
mapper = dataprep.DataPrep()
found = {}

# Specs, by the names that AEP gives them.
specs = flows.getConnectionSpecsMap()
found["specs"] = len(specs)
found["bigQuery"] = specs["google-big-query"]
found["crmToAep"] = flows.getFlowSpecIdFromNames("CRMToAEP", "google-big-query", "datalake")

# A schema of standard field groups, and a dataset of it.
groups = {one["title"]: one["$id"] for one in registry.getFieldGroupsGlobal()}
found["fieldGroups"] = sorted(groups)
group = schema.Schema(containerId="global").getFieldGroup(groups["Demographic Details"])
found["fieldGroup"] = [group["title"], group["meta:intendedToExtend"], sorted(group["properties"])]
found["tenant"] = registry.getTenantId()
made = registry.createProfileSchema("Customers of aepp", fieldGroupIds=[groups["Demographic Details"]])
schema_id = made["$id"]
found["schemas"] = sorted(one["title"] for one in registry.getSchemas())
found["descriptors"] = registry.getDescriptors()
found["path"] = registry.getSchema(schema_id)["properties"]["person"]["properties"]["name"]["type"]
dataset = datasets.createDataSet(name="Customers of aepp", schemaId=schema_id)[0].split("/")[-1]
datasets.getDataSets()
found["datasets"] = sorted(datasets.data.table_names)
found["behavior"] = sorted(set(datasets.data.infos["dataBehavior"]))

# A mapping, found again in the list.
mapping = mapper.createMappingSet(
    schemaId=schema_id,
    mappingList=[
        {"sourceType": "ATTRIBUTE", "source": "TestID", "destination": "_id"},
        {"sourceType": "EXPRESSION", "source": "upper(Name)", "destination": "person.name.lastName"},
    ],
)["id"]
found["mappingListed"] = mapping in [one["id"] for one in mapper.getMappingSets()]
found["expressions"] = [mapper.validateExpression(text)["validationStatus"] for text in ("upper(Name)", "upper(Name")]
found["rules"] = len(mapper.getMappingSet(mapping, mappingRulesOnly=True))

# Three flows over pages of two, each made of parts of its own.
base = next(one for one in flows.getConnections(limit=7, n_results="inf") if one["connectionSpec"]["id"] == found["bigQuery"])
made_flows = []
for number in range(3):
    source = flows.createSourceConnection(
        {
            "name": f"Source {number}",
            "baseConnectionId": base["id"],
            "data": {"format": "tabular"},
            "params": {"tableName": "test1.Mytable"},
            "connectionSpec": {"id": found["bigQuery"], "version": "1.0"},
        }
    )["id"]
    target = flows.createTargetConnection(
        data={
            "name": f"Target {number}",
            "data": {"schema": {"id": schema_id, "version": "application/vnd.adobe.xed-full+json;version=1"}},
            "params": {"dataSetId": dataset},
            "connectionSpec": {"id": specs["datalake"], "version": "1.0"},
        }
    )["id"]
    flow = {
        "name": f"Flow {number}",
        "flowSpec": {"id": found["crmToAep"], "version": "1.0"},
        "sourceConnectionIds": [source],
        "targetConnectionIds": [target],
        "transformations": [
            {"name": "Copy", "params": {"deltaColumn": {"name": "Datefield"}}},
            {"name": "Mapping", "params": {"mappingId": mapping, "mappingVersion": 0}},
        ],
        "scheduleParams": {"startTime": int(time.time()) + 60, "frequency": "hour", "interval": "1"},
    }
    made_flows.append(flows.createFlow(found["crmToAep"], obj=flow)["id"])
found["flows"] = [one["name"] for one in flows.getFlows(limit=2, n_results="inf")]
found["onlySources"] = len(flows.getFlows(limit=2, n_results="inf", onlySources=True))
found["connections"] = len({one["id"] for one in flows.getConnections(limit=7, n_results="inf")})
found["sources"] = len(flows.getSourceConnections(n_results="inf", limit=2))
found["targets"] = len(flows.getTargetConnections(n_results="inf", limit=2))

# One flow in all its relations: its mapping moved on, it is switched off and on, its runs are read page by page.
manager = flowservice.FlowManager(made_flows[0])
found["manager"] = [manager.flowType, manager.frequency, manager.datasetId == dataset]
mapper.updateMappingSet(mapping, [{"sourceType": "ATTRIBUTE", "source": "TestID", "destination": "_id"}])
manager.updateFlowMapping(mapping)
found["mappingVersion"] = flows.getFlow(made_flows[0])["transformations"][1]["params"]["mappingVersion"]
flows.postFlowAction(made_flows[0], "disable")
found["state"] = [flows.getFlow(made_flows[0])["state"]]
flows.postFlowAction(made_flows[0], "enable")
found["state"].append(flows.getFlow(made_flows[0])["state"])
aepp.connector.AdobeRequest().postData(f"{url}/_emulator/advanceClock", data={"ms": 5 * 3_600_000})
runs = flows.getRuns(limit=2, n_results="inf", prop=[f"flowId=={made_flows[1]}"])
found["runs"] = [one["metrics"]["statusSummary"]["status"] for one in runs]
for flow in made_flows:
    flows.deleteFlow(flow)
found["left"] = len(flows.getFlows(n_results="inf"))

print(json.dumps(found))
