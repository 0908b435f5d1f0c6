"""What a service's own codes and the causes of a failed connection mean, beside the general sentence of `ErrorCode`.

An error names its row by the fact `vendor_code` (as the service wrote it) or `cause` (ours), so what is stored stays a
name and the sentence is made late. The retry rule is that of the row's `ErrorCode`; failed calls are not billed by the
vendor's price pages, `billed` None: the documents don't say.
Source: the error tables of the vendor's documents; 421–426 are status numbers behind `InvalidParameter`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workstation.domain.error import ErrorCode
from workstation.domain.words import Words, say

_C = ErrorCode


@dataclass(frozen=True, slots=True)
class Fault:
    """One documented way to fail."""

    code: ErrorCode
    says: Words
    remedy: Words
    billed: bool | None = False


_AGAIN: Final = say("Try again later; nothing was charged.")
_PARAMETERS: Final = say("Check the chosen values; nothing was charged.")
_PICTURE: Final = say("Choose another picture; nothing was charged.")
_NEW_LINKS: Final = say("Resume the job; new links are made. Nothing was charged.")
_DEFECT: Final = say("This is a mistake of the program. Report it with the log; nothing was charged.")
_KEYS: Final = say("Check the connection with “yingtai connection test”.")
_NETWORK: Final = say("Check the address of the connection, the network and the firewall.")

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        # input, imageprocess
        "421": Fault(
            _C.REFUSED_INPUT,
            say("The service found sub-folders in the input."),
            say("Send one series as one flat list; nothing was charged."),
        ),
        "422": Fault(
            _C.REFUSED_INPUT,
            say("The service found no DICOM content."),
            say("Check that the files are not empty; nothing was charged."),
        ),
        "423": Fault(
            _C.REFUSED_INPUT,
            say("The service found something other than DICOM."),
            say("Send DICOM files only; nothing was charged."),
        ),
        "424": Fault(
            _C.REFUSED_INPUT,
            say("The service found more than one series."),
            say("Choose a single series; nothing was charged."),
        ),
        "425": Fault(
            _C.REFUSED_INPUT,
            say("The service found slices that are not axial."),
            say("Choose an axial series without localizers; nothing was charged."),
        ),
        "426": Fault(
            _C.REFUSED_INPUT,
            say("The service found too few slices."),
            say("Send the whole series: most operations need at least 20 slices. Nothing was charged."),
        ),
        "InvalidParameter": Fault(_C.REFUSED_INPUT, say("The service refused the value of a parameter."), _PARAMETERS),
        "MissingParameter": Fault(_C.REFUSED, say("The service misses a parameter."), _DEFECT),
        "MissingImageURL": Fault(_C.REFUSED, say("The service misses the picture's address."), _DEFECT),
        "InvalidParameter.Unsuitable": Fault(
            _C.REFUSED_INPUT, say("The service found the data empty, or a parameter unsuitable."), _PARAMETERS
        ),
        "InvalidParameter.Convert": Fault(
            _C.REFUSED_INPUT, say("The service could not read the value of a parameter."), _PARAMETERS
        ),
        "InvalidParameter.Transfer": Fault(
            _C.LINK_EXPIRED, say("The service could not fetch or store the data."), _NEW_LINKS
        ),
        "InvalidParameter.TooLarge": Fault(
            _C.REFUSED_INPUT,
            say("The content is larger than the service allows."),
            say("Send a smaller picture or fewer files; nothing was charged."),
        ),
        "InvalidImage.URL": Fault(_C.REFUSED_INPUT, say("The service does not accept the picture's address."), _KEYS),
        "InvalidImage.Content": Fault(
            _C.REFUSED_INPUT, say("The service does not accept the picture's content."), _PICTURE
        ),
        "InvalidImage.Decode": Fault(_C.REFUSED_INPUT, say("The service could not decode the picture."), _PICTURE),
        "InvalidImage.Download": Fault(
            _C.LINK_EXPIRED, say("The service could not download what was uploaded."), _NEW_LINKS
        ),
        "InvalidImage.Region": Fault(
            _C.NO_BUCKET,
            say("The bucket lies in a region that the service does not read from."),
            say("Use a bucket in cn-shanghai; nothing was charged."),
        ),
        "InvalidImage.Resolution": Fault(
            _C.REFUSED_INPUT, say("The picture's size in pixels is outside the allowed range."), _PICTURE
        ),
        "IllegalUrlParameter": Fault(_C.REFUSED, say("The service finds an address malformed."), _DEFECT),
        "InvalidImage.Unsafe": Fault(
            _C.REFUSED_INPUT,
            say("The service judges the address unsafe."),
            say("Use a bucket of your own; nothing was charged."),
        ),
        "ParameterError": Fault(_C.REFUSED_INPUT, say("The service finds a parameter wrong."), _PARAMETERS),
        # account, keys, time
        "Throttling.User": Fault(
            _C.THROTTLED,
            say("Too many calls in this period."),
            say("The program waits and tries again by itself. If it lasts, ask the vendor for a higher quota."),
        ),
        "InvalidTimeStamp.Expired": Fault(
            _C.CLOCK_WRONG,
            say("The clock of this PC differs from the service's by more than 15 minutes."),
            say("Set the clock, then try again; nothing was charged."),
        ),
        "SignatureNonceUsed": Fault(
            _C.NONCE_USED,
            say("The service saw this call's number within the last 15 minutes."),
            say("Try again; it is signed anew, and nothing was charged."),
        ),
        "SignatureDoesNotMatch": Fault(
            _C.WRONG_SIGNATURE,
            say("The signature was refused: key and secret don't belong together."),
            say("Check key, secret and address in the settings."),
        ),
        "InvalidAccessKeyId.NotFound": Fault(
            _C.WRONG_KEY, say("The service does not know this key."), say("Enter the right key.")
        ),
        "InvalidAccessKeyId.Inactive": Fault(
            _C.WRONG_KEY, say("This key is disabled."), say("Enable the key in the vendor's console, or use another.")
        ),
        "InvalidApi.NotPurchase": Fault(
            _C.NOT_ACTIVATED,
            say("The service is not activated for this account."),
            say("Activate it in the vendor's console; for a withdrawn operation that is no longer possible."),
        ),
        "UnsupportedHTTPMethod": Fault(_C.REFUSED, say("The service does not allow this HTTP method."), _DEFECT),
        "AuthFailed": Fault(
            _C.FORBIDDEN,
            say("This user has no right to call the service."),
            say("Give the RAM user the viapi permission, then try again."),
        ),
        "RamRoleAuth": Fault(
            _C.FORBIDDEN,
            say("The service's role is not authorised yet."),
            say("Authorise the role in the RAM console, then try again."),
        ),
        "Unauthorized": Fault(
            _C.FORBIDDEN, say("This key is not authorised."), say("Ask for the right, or use another key.")
        ),
        "UnsupportedOperation": Fault(
            _C.REFUSED,
            say("The service does not know this operation, or offers it no longer."),
            say("Use the local cloud or another connection."),
        ),
        "(account in arrears)": Fault(
            _C.IN_DEBT,
            say("The account is in arrears; the service is frozen until it is paid."),
            say("Pay the open bill, then try again."),
            billed=None,
        ),
        # faults of the service
        "Timeout": Fault(_C.SERVICE_FAILED, say("The service took too long over this call."), _AGAIN),
        "InternalServerError": Fault(_C.SERVICE_FAILED, say("The service has a fault of its own."), _AGAIN),
        "InternalError": Fault(_C.SERVICE_FAILED, say("The service's algorithm failed."), _AGAIN),
        "InternalError.Env": Fault(_C.SERVICE_FAILED, say("The service could not set up its environment."), _AGAIN),
        "InternalError.Model": Fault(_C.SERVICE_FAILED, say("The service could not load its model."), _AGAIN),
        "InternalError.Algo": Fault(
            _C.SERVICE_FAILED,
            say("The service's algorithm failed on this input."),
            say("Try again; if it fails again, this input can't be analysed there. Nothing was charged."),
        ),
        "ServiceUnavailable": Fault(_C.SERVICE_FAILED, say("The service is not available at the moment."), _AGAIN),
        # how a job ended
        "PROCESS_FAILED": Fault(
            _C.JOB_FAILED,
            say("The job ended with an error."),
            say("Check the input and submit it as a new job; nothing was charged."),
        ),
        "TIMEOUT_FAILED": Fault(
            _C.JOB_FAILED,
            say("The service did not finish the job in its time."),
            say("Submit it as a new job; nothing was charged."),
        ),
        "LIMIT_RETRY_FAILED": Fault(
            _C.JOB_FAILED,
            say("The service gave the job up after several tries."),
            say("Check the input and submit it once more as a new job; nothing was charged."),
        ),
        "ScreenChestCT.ErrorMessage": Fault(
            _C.JOB_FAILED,
            say("Some of the chosen analyses failed; the others are valid."),
            say("Submit the failed ones again; only those that worked were charged."),
            billed=True,
        ),
        "ScreenChestCT.Mask": Fault(
            _C.REFUSED_INPUT, say("None of the analyses was chosen."), say("Choose at least one; nothing was charged.")
        ),
        # the second gateway's envelope
        "showapi_res_code != 0": Fault(
            _C.REFUSED,
            say("The gateway refused the call."),
            say("Check the app key, the balance and the chosen values."),
            billed=None,
        ),
        "ret_code != 0": Fault(
            _C.REFUSED_INPUT,
            say("The service behind the gateway refused the call."),
            say("Check the input and the connection's keys."),
            billed=None,
        ),
        # why a connection failed before anything was sent
        "no-such-host": Fault(_C.UNREACHABLE, say("The service's name is not known in this network."), _NETWORK),
        "connection-refused": Fault(
            _C.UNREACHABLE,
            say("Nothing answers at the service's address."),
            say("Check that the service runs, and the address of the connection; then resume."),
        ),
        "no-answer": Fault(_C.UNREACHABLE, say("The service's address does not answer."), _NETWORK),
        "no-tls": Fault(
            _C.UNREACHABLE,
            say("The service's address does not speak https; nothing was sent."),
            say("Check the address of the connection, its port above all."),
        ),
        "proxy": Fault(
            _C.UNREACHABLE, say("The proxy does not let the call through."), say("Check the proxy settings of this PC.")
        ),
        "certificate": Fault(
            _C.UNREACHABLE,
            say("The service's certificate is not trusted; nothing was sent."),
            say("Something may stand in between: ask the network's administrator."),
        ),
        "wrong-region": Fault(
            _C.NO_BUCKET,
            say("The bucket belongs to another region than the connection says."),
            say("Set region and storage address to those of the bucket."),
        ),
        # why it is not known what became of a call
        "replayed": Fault(
            _C.OUTCOME_UNKNOWN,
            say("The service saw this very call before: something on the way sent it twice. It may have been charged."),
            say("Decide: ask the service again, submit it anew, or give it up. Nothing is repeated by itself."),
            billed=None,
        ),
    }
)
