"""How the newest Python client, whose models are strict, reads a delivery that was canceled after one attempt.

Called with the server URL, a token, and the ids of the application, the endpoint and the message.
"""

import sys

from svix.api import Svix, SvixOptions
from svix.api.message_attempt import (
    MessageAttemptGetOptions,
    MessageAttemptListAttemptedMessagesOptions,
    MessageAttemptListByEndpointOptions,
    MessageAttemptListByMsgOptions,
)
from svix.models import MessageStatus

server_url, token, app, endpoint, message = sys.argv[1:6]
client = Svix(token, SvixOptions(server_url=server_url, retry_schedule=[], timeout=60.0)).message_attempt
REASON = "Canceled: the endpoint is disabled."


def check(expanded, status, text):
    """`expanded`: the value of expanded_statuses to send; None: the default of the client."""
    listed = client.list_by_msg(
        app, message, MessageAttemptListByMsgOptions(with_content=True, expanded_statuses=expanded)
    ).data
    assert [(one.status, one.status_text) for one in listed] == [(status, text), (MessageStatus.FAIL, "fail")], listed
    assert (listed[0].response, listed[0].response_status_code) == (REASON, 0)
    by_endpoint = MessageAttemptListByEndpointOptions(with_content=True, expanded_statuses=expanded, status=status)
    found = client.list_by_endpoint(app, endpoint, by_endpoint).data
    assert listed[0].id in [one.id for one in found], found
    read = client.get(app, message, listed[0].id, MessageAttemptGetOptions(expanded_statuses=expanded))
    assert read == listed[0], read
    of_endpoint = MessageAttemptListAttemptedMessagesOptions(expanded_statuses=expanded, status=status)
    states = client.list_attempted_messages(app, endpoint, of_endpoint).data
    assert [(one.id, one.status, one.next_attempt) for one in states] == [(message, status, None)], states
    destinations = client.list_attempted_destinations(app, message).data
    assert [(one.status, one.next_attempt) for one in destinations] == [(MessageStatus.FAIL, None)], destinations


check(None, MessageStatus.CANCELED, "canceled")
check(True, MessageStatus.CANCELED, "canceled")
check(False, MessageStatus.FAIL, "fail")
