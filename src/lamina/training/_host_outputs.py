"""The key under which a model finds what its host part gave, in place of its inputs."""

HOST_OUTPUTS = "lamina: host outputs"
