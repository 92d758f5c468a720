"""`Refused`: a request that gets an error of HTTP, in words."""


class Refused(Exception):
    """A request that is not answered.

    Attributes: `status`, of HTTP; `message`, for who sent it.
    """

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message
