"""What pip asks for a package's metadata before it gives the package's archive.

A package builds itself by setuptools, and may fetch or compile much before it says its name. This module stands in the place
of setuptools, and answers with the file PKG-INFO that every archive has: nothing of the package is executed.
"""

import os
import sys


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        text = file.read()
    lines = text.split("\n\n")[0].splitlines()
    fields = dict(line.split(": ", 1) for line in lines if ": " in line)
    place = os.path.join(folder, "%s-%s.dist-info" % (fields["Name"], fields["Version"]))
    os.mkdir(place)
    with open(os.path.join(place, "METADATA"), "w", encoding="utf-8") as file:
        file.write(text)
    return os.path.basename(place)


def build_wheel(folder, config_settings=None, metadata_directory=None):
    raise NotImplementedError("only the archive is wanted")


# The name by which pip asks where a package does not say how it is built.
__legacy__ = sys.modules[__name__]
