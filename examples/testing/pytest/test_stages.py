import urllib.error
import urllib.request

import pytest


def test_a_stage_that_was_made_is_listed(proscenium):
    client = proscenium.client()
    client.create_stage(name="friday-show")
    assert [stage["name"] for stage in client.list_stages()["stages"]] == ["friday-show"]


def test_a_call_that_is_throttled_is_tried_again(proscenium):
    proscenium.fail("CreateStage", error="ThrottlingException", times=2)
    answer = proscenium.client().create_stage()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2


def test_a_token_is_of_no_use_when_its_time_is_over(proscenium):
    answer = proscenium.client().create_stage(participantTokenConfigurations=[{"duration": 15}])
    proscenium.advance(seconds=15 * 60)
    token = answer["participantTokens"][0]["token"]
    request = urllib.request.Request(
        answer["stage"]["endpoints"]["whip"],
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"},
        data=b"v=0",
    )
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request)
