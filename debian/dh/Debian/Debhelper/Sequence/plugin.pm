# dh --with plugin: plugins and programs are stamped while they have their debug information, before
# dwz moves some of it to where it will be installed; and judged as they are packaged.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_after('dh_missing', 'dh_plugin_stamp');
insert_after('dh_strip',   'dh_plugin_check');

1;
