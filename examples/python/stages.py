"""Stages with boto3: makes them, tells who and what was on them, and sends them to a channel.

The environment names the server: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
`python3 stages.py --help` has the commands.
"""

import argparse
import os
import time

import boto3

VIDEO = {"width": 1280, "height": 720, "framerate": 30, "bitrate": 2_500_000}


class Stages:
    def __init__(self):
        self.client = boto3.client(
            "ivs-realtime",
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:7080"),
            region_name=os.environ.get("AWS_REGION", "us-west-2"),
        )

    def create(self, name, bucket=None):
        """Makes a stage, and gives its ARN. With a bucket, everybody who publishes is recorded."""
        recording = {}
        if bucket:
            recording["autoParticipantRecordingConfiguration"] = {"storageConfigurationArn": self._storage(bucket)}
        return self.client.create_stage(name=name, **recording)["stage"]["arn"]

    def token(self, stage_arn, user_id):
        """Lets somebody publish and subscribe, for an hour."""
        answer = self.client.create_participant_token(stageArn=stage_arn, userId=user_id, duration=60)
        return answer["participantToken"]["token"]

    def participants(self, stage_arn, **filters):
        """Who is on the stage now, and who was since its session began. Nobody, if there is no session."""
        session = self._session(stage_arn)
        if session is None:
            return []
        answer = self.client.list_participants(stageArn=stage_arn, sessionId=session, **filters)
        return answer["participants"]

    def publisher(self, stage_arn, user_id):
        """Waits until somebody publishes, and gives the participant's id."""
        while True:
            for participant in self.participants(stage_arn, filterByUserId=user_id):
                if participant["published"] and participant["state"] == "CONNECTED":
                    return participant["participantId"]
            time.sleep(0.5)

    def events(self, stage_arn, participant_id):
        """What a participant did, the oldest first."""
        answer = self.client.list_participant_events(
            stageArn=stage_arn, sessionId=self._session(stage_arn), participantId=participant_id
        )
        return answer["events"][::-1]

    def compose(self, stage_arn, bucket):
        """Sends one picture of all to a built-in channel and into a bucket, and gives the composition's ARN."""
        encoder = self.client.create_encoder_configuration(video=VIDEO)["encoderConfiguration"]["arn"]
        recording = {"storageConfigurationArn": self._storage(bucket), "encoderConfigurationArns": [encoder]}
        channel = {"channelArn": stage_arn.replace(":stage/", ":channel/"), "encoderConfigurationArn": encoder}
        answer = self.client.start_composition(
            stageArn=stage_arn, layout={"grid": {}}, destinations=[{"channel": channel}, {"s3": recording}]
        )
        return answer["composition"]["arn"]

    def stop(self, composition_arn):
        self.client.stop_composition(arn=composition_arn)

    def delete(self, stage_arn):
        """Throws everybody out. What was recorded stays."""
        self.client.delete_stage(arn=stage_arn)

    def _session(self, stage_arn):
        return self.client.get_stage(arn=stage_arn)["stage"].get("activeSessionId") or None

    def _storage(self, bucket):
        answer = self.client.list_storage_configurations()
        for configuration in answer["storageConfigurations"]:
            if configuration["s3"]["bucketName"] == bucket:
                return configuration["arn"]
        return self.client.create_storage_configuration(s3={"bucketName": bucket})["storageConfiguration"]["arn"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, *arguments):
        about = getattr(Stages, name).__doc__
        added = commands.add_parser(name, help=about, description=about)
        for argument in arguments:
            added.add_argument(argument)
        return added

    command("create", "name").add_argument("--bucket", help="records everybody who publishes into it")
    command("token", "stage_arn", "user_id")
    command("participants", "stage_arn")
    command("publisher", "stage_arn", "user_id")
    command("events", "stage_arn", "participant_id")
    command("compose", "stage_arn", "bucket")
    command("stop", "composition_arn")
    command("delete", "stage_arn")
    options = vars(parser.parse_args())
    name = options.pop("command")
    answer = getattr(Stages(), name)(**options)
    if name == "participants":
        for one in answer:
            print(one["participantId"], one["userId"], one["state"], "published" if one["published"] else "", sep="\t")
    elif name == "events":
        for one in answer:
            print(one["eventTime"].isoformat(), one["name"], sep="\t")
    elif answer is not None:
        print(answer)


if __name__ == "__main__":
    main()
