"""Calls every implemented operation of the newest Python client once. Its strict models raise on unexpected responses.

Called with the server URL, a token of a new organization, the URL of the receiver for this machine and its hook URL for
the stack. Prints the called operations as a JSON list; anything unexpected ends it with a traceback.
"""

import base64
import json
import sys
import time
import urllib.request
from datetime import datetime, timedelta, timezone

from svix.api import Svix, SvixOptions
from svix.api.endpoint import EndpointGetStatsOptions
from svix.api.event_type import EventTypeListOptions
from svix.api.message import MessageGetOptions, MessageListOptions
from svix.api.message_attempt import MessageAttemptListByMsgOptions
from svix.exceptions import HttpError
from svix.models import (
    ApplicationTokenExpireIn,
    AppPortalAccessIn,
    AppUsageStatsIn,
    ApplicationIn,
    ApplicationPatch,
    BulkReplayIn,
    EndpointHeadersIn,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointPatch,
    EndpointSecretRotateIn,
    EndpointUpsertIn,
    EnvironmentIn,
    EventExampleIn,
    EventTypeImportOpenApiIn,
    EventTypeIn,
    EventTypePatch,
    EventTypeUpsertIn,
    BulkExpungeContentsIn,
    MessageIn,
    MessagePrecheckIn,
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointUpsertIn,
    RecoverIn,
    ReplayIn,
)
from svix.webhooks import Webhook

server_url, token, receiver_url, hook_url = sys.argv[1:5]
svix = Svix(token, SvixOptions(server_url=server_url, retry_schedule=[], timeout=60.0))
called = []


def step(name, value):
    called.append(name)
    return value


def eventually(ask, accept):
    deadline = time.monotonic() + 60
    while True:
        answer = ask()
        if accept(answer):
            return answer
        assert time.monotonic() < deadline, f"not within a minute; last seen: {answer}"
        time.sleep(0.1)


def refused(status, call):
    try:
        call()
    except HttpError as error:
        assert error.status_code == status, error
        return error
    raise AssertionError(f"expected {status}")


def received(message_id, count):
    url = f"{receiver_url}/_received?id={message_id}&count={count}&wait=60000"
    with urllib.request.urlopen(url) as answer:
        requests = json.load(answer)["data"]
    assert len(requests) >= count, requests
    return requests


def applications():
    made = step("application.create", svix.application.create(ApplicationIn(name="Acme", uid="acme")))
    again = svix.application.get_or_create(ApplicationIn(name="Other", uid="acme"))
    assert step("application.get_or_create", again) == made
    assert step("application.get", svix.application.get("acme")) == made
    step("application.upsert", svix.application.upsert("acme", ApplicationIn(name="New", uid="acme")))
    patched = step("application.patch", svix.application.patch("acme", ApplicationPatch(metadata={"a": "b"})))
    assert (patched.name, patched.metadata) == ("New", {"a": "b"})
    page = step("application.list", svix.application.list())
    assert [one.id for one in page.data] == [made.id] and page.done
    gone = svix.application.create(ApplicationIn(name="Gone"))
    step("application.delete", svix.application.delete(gone.id))
    assert refused(404, lambda: svix.application.get(gone.id)).code == "not_found"


def event_types():
    schemas = {"1": {"type": "object", "examples": [{"n": 1}]}}
    described = EventTypeIn(name="order.paid", description="Paid", schemas=schemas, group_name="orders")
    assert step("event_type.create", svix.event_type.create(described)).schemas == schemas
    assert step("event_type.get", svix.event_type.get("order.paid")).group_name == "orders"
    step("event_type.upsert", svix.event_type.upsert("order.sent", EventTypeUpsertIn(description="Sent")))
    patched = svix.event_type.patch("order.sent", EventTypePatch(deprecated=True))
    assert step("event_type.patch", patched).deprecated
    page = step("event_type.list", svix.event_type.list(EventTypeListOptions(with_content=True)))
    assert [one.name for one in page.data] == ["order.paid", "order.sent"]
    step("event_type.delete", svix.event_type.delete("order.sent"))
    spec = {"openapi": "3.1.0", "webhooks": {"order.sent": {"post": {"description": "Sent"}}}}
    dry = svix.event_type.import_openapi(EventTypeImportOpenApiIn(spec=spec, dry_run=True)).data
    assert [(one.name, one.description) for one in dry.to_modify] == [("order.sent", "Sent")]
    imported = svix.event_type.import_openapi(EventTypeImportOpenApiIn(spec_raw=json.dumps(spec)))
    assert step("event_type.import_openapi", imported).data.modified == ["order.sent"]
    assert not svix.event_type.get("order.sent").archived


def environment():
    exported = step("environment.export", svix.environment.export())
    assert [one.name for one in exported.event_types] == ["order.paid", "order.sent"]
    assert (exported.version, exported.connectors) == (1, [])
    assert exported.settings == {"retrySchedule": [600]}
    added = EnvironmentIn(event_types=[EventTypeIn(name="order.lost", description="Lost")], settings=exported.settings)
    step("environment.import_", svix.environment.import_(added))
    assert svix.event_type.get("order.lost").description == "Lost"
    svix.event_type.delete("order.lost")


def endpoints():
    made = step("endpoint.create", svix.endpoint.create("acme", EndpointIn(url=f"{hook_url}?flap=1", uid="ep")))
    assert step("endpoint.get", svix.endpoint.get("acme", "ep")) == made
    update = EndpointUpsertIn(url=f"{hook_url}?flap=1", uid="ep", description="d")
    step("endpoint.upsert", svix.endpoint.upsert("acme", "ep", update))
    patched = svix.endpoint.patch("acme", "ep", EndpointPatch(metadata={"a": "b"}))
    assert step("endpoint.patch", patched).description == "d"
    assert [one.id for one in step("endpoint.list", svix.endpoint.list("acme")).data] == [made.id]
    headers = EndpointHeadersIn(headers={"X-One": "1", "X-Api-Key": "k"})
    step("endpoint.set_headers", svix.endpoint.set_headers("acme", "ep", headers))
    more = EndpointHeadersPatchIn(headers={"X-Two": "2"}, delete_headers=["x-one"])
    step("endpoint.patch_headers", svix.endpoint.patch_headers("acme", "ep", more))
    read = step("endpoint.get_headers", svix.endpoint.get_headers("acme", "ep"))
    assert (read.headers, read.sensitive) == ({"X-Two": "2"}, ["X-Api-Key"])
    rotated = svix.endpoint.rotate_secret("acme", "ep", EndpointSecretRotateIn())
    secret = step("endpoint.get_secret", svix.endpoint.get_secret("acme", "ep"))
    assert step("endpoint.rotate_secret", rotated).key == secret.key
    unused = svix.endpoint.create("acme", EndpointIn(url="https://example.com", disabled=True))
    step("endpoint.delete", svix.endpoint.delete("acme", unused.id))
    return secret.key


def messages(secret):
    payload = {"id": "inv_1", "amount": 4200}
    published = MessageIn(event_type="order.paid", event_id="e1", payload=payload, tags=["vip"])
    message = svix.message.create("acme", published)
    assert (message.tags, message.deliver_at) == (["vip"], None)
    step("message.create", message)
    failed = received(message.id, 1)[0]
    body = base64.b64decode(failed["body"])
    assert json.loads(body) == payload
    Webhook(secret).verify(body, dict(failed["headers"]))
    read = step("message.get", svix.message.get("acme", "e1", MessageGetOptions(with_content=True)))
    assert read.payload == payload
    page = step("message.list", svix.message.list("acme", MessageListOptions(event_types=["order.paid"], tag="vip")))
    assert [one.id for one in page.data] == [message.id]
    return message.id


def attempts(message_id):
    client = svix.message_attempt
    options = MessageAttemptListByMsgOptions(with_content=True)
    listed = eventually(lambda: client.list_by_msg("acme", message_id, options), lambda page: page.data)
    attempt = step("message_attempt.list_by_msg", listed).data[0]
    assert attempt.response_status_code == 500
    by_endpoint = eventually(lambda: client.list_by_endpoint("acme", "ep"), lambda page: page.data)
    assert step("message_attempt.list_by_endpoint", by_endpoint).data[0].id == attempt.id
    assert step("message_attempt.get", client.get("acme", message_id, attempt.id)).id == attempt.id
    sent = step("message_attempt.list_attempted_messages", client.list_attempted_messages("acme", "ep"))
    assert sent.data[0].status_text == "sending" and sent.data[0].next_attempt is not None
    to = client.list_attempted_destinations("acme", message_id)
    assert step("message_attempt.list_attempted_destinations", to).data[0].status_text == "fail"
    step("message_attempt.resend", client.resend("acme", message_id, "ep"))
    received(message_id, 2)
    step("message_attempt.expunge_content", client.expunge_content("acme", message_id, attempt.id))
    assert client.get("acme", message_id, attempt.id).response == "EXPUNGED"


def again():
    since = datetime.now(timezone.utc) - timedelta(hours=1)
    recover = step("endpoint.recover", svix.endpoint.recover("acme", "ep", RecoverIn(since=since)))
    step("endpoint.replay_missing", svix.endpoint.replay_missing("acme", "ep", ReplayIn(since=since)))
    step("endpoint.bulk_replay", svix.endpoint.bulk_replay("acme", "ep", BulkReplayIn(since=since)))
    task = step("background_task.get", svix.background_task.get(recover.id))
    assert task.task == "endpoint.recover"
    assert len(step("background_task.list", svix.background_task.list()).data) == 3
    now = datetime.now(timezone.utc)
    usage = svix.statistics.aggregate_app_stats(AppUsageStatsIn(since=since, until=now, app_ids=["acme", "none"]))
    assert step("statistics.aggregate_app_stats", usage).unresolved_app_ids == ["none"]
    types = step("statistics.aggregate_event_types", svix.statistics.aggregate_event_types())
    for started, field in ((usage, "appStats"), (types, "event_types")):
        done = eventually(lambda: svix.background_task.get(started.id), lambda one: one.status == "finished")
        assert len(done.data[field]) == 1, done
    example = svix.endpoint.send_example("acme", "ep", EventExampleIn(event_type="order.paid"))
    step("endpoint.send_example", example)
    stats = svix.endpoint.get_stats("acme", "ep", EndpointGetStatsOptions(since=since))
    assert step("endpoint.get_stats", stats).canceled == 0
    assert step("endpoint.get_attempt_stats", svix.endpoint.get_attempt_stats("acme", "ep")).fail >= 1


def rest(message_id):
    step("message.expunge_content", svix.message.expunge_content("acme", message_id))
    read = svix.message.get("acme", message_id, MessageGetOptions(with_content=True))
    assert read.payload == {"expired": True}
    access = svix.authentication.app_portal_access("acme", AppPortalAccessIn())
    portal = Svix(step("authentication.app_portal_access", access).token, SvixOptions(server_url=server_url))
    assert portal.application.get("acme").uid == "acme"
    refused(403, portal.application.list)
    step("health.get", svix.health.get())
    step("authentication.logout", portal.authentication.logout())
    refused(401, lambda: portal.application.get("acme"))
    expire = ApplicationTokenExpireIn(session_ids=["bob"], expiry=0)
    step("authentication.expire_all", svix.authentication.expire_all("acme", expire))
    refused(501, svix.connector.list)


def operational_webhooks():
    client = svix.operational_webhook.endpoint
    name = "operational_webhook.endpoint"
    alerts = OperationalWebhookEndpointIn(url="https://example.com/", uid="alerts", headers={"X-Old": "1"})
    made = step(f"{name}.create", client.create(alerts))
    assert step(f"{name}.get", client.get("alerts")) == made
    update = OperationalWebhookEndpointUpsertIn(url="https://example.com/", event_types=["endpoint.disabled"])
    replaced = step(f"{name}.upsert", client.upsert(made.id, update))
    assert (replaced.id, replaced.uid, replaced.event_types) == (made.id, None, ["endpoint.disabled"])
    assert [one.id for one in step(f"{name}.list", client.list()).data] == [made.id]
    headers = OperationalWebhookEndpointHeadersIn(headers={"X-Team": "ops"})
    step(f"{name}.set_headers", client.set_headers(made.id, headers))
    assert step(f"{name}.get_headers", client.get_headers(made.id)).headers == {"X-Team": "ops"}
    before = client.get_secret(made.id)
    step(f"{name}.rotate_secret", client.rotate_secret(made.id, OperationalWebhookEndpointSecretIn()))
    assert step(f"{name}.get_secret", client.get_secret(made.id)).key != before.key
    step(f"{name}.delete", client.delete(made.id))
    refused(404, lambda: client.get(made.id))


def contents(message_id):
    check = MessagePrecheckIn(event_type="order.paid")
    assert step("message.precheck", svix.message.precheck("acme", check)).active
    ids = BulkExpungeContentsIn(ids=[message_id, "nope"])
    results = step("message.bulk_expunge_content", svix.message.bulk_expunge_content("acme", ids)).results
    assert results == {message_id: "expunged", "nope": "not-found"}, results
    task = step("message.expunge_all_contents", svix.message.expunge_all_contents("acme"))
    assert task.task == "application.purge_content"
    done = eventually(lambda: svix.background_task.get(task.id), lambda one: one.status == "finished")
    assert done.data["messagesPurged"] >= 0


applications()
event_types()
environment()
message = messages(endpoints())
attempts(message)
again()
rest(message)
contents(message)
operational_webhooks()
print(json.dumps(sorted(called)))
